/* The state in Prometheus's text format. */
#include "tools/wd-health/output/prometheus.h"

#include "common/base/array.h"
#include "common/lines/json.h"

#include <inttypes.h>

/* Append a label's value: the format requires backslash, quote and newline to be escaped. */
static void put_label(struct buffer *out, const char *value)
{
	for (; *value; value++) {
		if (*value == '\n') {
			buffer_add_text(out, "\\n");
			continue;
		}
		if (*value == '\\' || *value == '"')
			buffer_add_char(out, '\\');
		buffer_add_char(out, *value);
	}
}

/* Append `name{kit_id="…",label="…"} `. */
static void put_series(struct buffer *out, const char *name, const struct health_kit *kit,
	const char *label, const char *value)
{
	buffer_add_text(out, name);
	buffer_add_text(out, "{kit_id=\"");
	put_label(out, kit->id);
	if (label) {
		buffer_add_text(out, "\",");
		buffer_add_text(out, label);
		buffer_add_text(out, "=\"");
		buffer_add_text(out, value);
	}
	buffer_add_text(out, "\"} ");
}

static void put_states(struct buffer *out, const char *name, const struct health_kit *kit)
{
	for (size_t i = 0; i < WATCH_STATES; i++) {
		put_series(out, name, kit, "state", watch_state_name((enum watch_state)i));
		buffer_add_text(out, i == kit->watch.state ? "1\n" : "0\n");
	}
}

static void put_count(struct buffer *out, uint64_t count)
{
	buffer_printf(out, "%" PRIu64 "\n", count);
}

static void put_requests(struct buffer *out, const char *name, const struct health_kit *kit)
{
	const struct tally *total = &kit->total;

	put_series(out, name, kit, "result", "ok");
	put_count(out, total->ok);
	put_series(out, name, kit, "result", "failed");
	put_count(out, total->failed);
	put_series(out, name, kit, "result", "rate_limited");
	put_count(out, total->requests - total->ok - total->failed);
}

static void put_seconds(struct buffer *out, clock_us time)
{
	json_put_number(out, (double)time / (double)CLOCK_SECOND_US);
	buffer_add_char(out, '\n');
}

static void put_records(struct buffer *out, const char *name, const struct health_kit *kit)
{
	put_series(out, name, kit, "type", "drone");
	put_count(out, kit->drones);
	put_series(out, name, kit, "type", "signal");
	put_count(out, kit->signals);
}

static void put_last_seen(struct buffer *out, const char *name, const struct health_kit *kit)
{
	if (!kit->watch.last_seen)
		return;
	put_series(out, name, kit, NULL, NULL);
	put_seconds(out, kit->watch.last_seen);
}

static void put_clock_offset(struct buffer *out, const char *name, const struct health_kit *kit)
{
	put_series(out, name, kit, NULL, NULL);
	json_put_number(out, kit->clock_offset_s);
	buffer_add_char(out, '\n');
}

static void put_stale_status(struct buffer *out, const char *name, const struct health_kit *kit)
{
	put_series(out, name, kit, NULL, NULL);
	buffer_add_text(out, kit->status.is_stale ? "1\n" : "0\n");
}

/* The last hour, without the current minute. */
static void put_blind_seconds(struct buffer *out, const char *name, const struct health_kit *kit)
{
	minute_number newest = timeline_newest(&kit->timeline);
	uint64_t blind = 0;

	for (minute_number minute = newest - 59; minute <= newest; minute++) {
		enum coverage coverage = ledger_get(&kit->ledger, minute, newest);
		blind += coverage != COVERAGE_NONE && coverage != COVERAGE_LISTENING;
	}
	put_series(out, name, kit, NULL, NULL);
	put_count(out, 60 * blind);
}

static void put_head(struct buffer *out, const char *name, const char *type, const char *help)
{
	buffer_printf(out, "# HELP %s %s\n# TYPE %s %s\n", name, help, name, type);
}

static const struct {
	const char *name, *type, *help;
	void (*put)(struct buffer *out, const char *name, const struct health_kit *kit);
} families[] = {
	{"wardragon_kit_state", "gauge", "1 for the state of the kit, 0 for the others.",
		put_states},
	{"wardragon_kit_requests_total", "counter", "Finished requests to the kit, by result.",
		put_requests},
	{"wardragon_kit_records_total", "counter", "Records received from the kit, by type.",
		put_records},
	{"wardragon_kit_last_seen_timestamp_seconds", "gauge",
		"When the kit last gave a good reply.", put_last_seen},
	{"wardragon_kit_clock_offset_seconds", "gauge",
		"How far the kit's clock is ahead of the poller's.", put_clock_offset},
	{"wardragon_kit_status_stands_still", "gauge",
		"1 if the kit answers, but repeats an old status.", put_stale_status},
	{"wardragon_kit_blind_seconds", "gauge",
		"Time of the last hour in which the kit was not listened to.", put_blind_seconds},
};

static void put_whole(struct buffer *out, const struct health *health)
{
	static const char last_reply[] = "wardragon_last_reply_timestamp_seconds";
	static const char link[] = "wardragon_link_is_down";
	static const char rejects[] = "wardragon_rejects_total";

	put_head(out, last_reply, "gauge", "When the latest reply or tick of any poller came.");
	buffer_printf(out, "%s ", last_reply);
	put_seconds(out, health->now);
	put_head(out, link, "gauge", "1 if no kit could be reached in the last minute.");
	buffer_printf(out, "%s %d\n", link, health->link_is_down);
	put_head(out, rejects, "counter", "Records that were rejected before they were stored.");
	buffer_printf(out, "%s ", rejects);
	put_count(out, health->rejects);
}

void prometheus_format(struct buffer *out, const struct health *health)
{
	for (size_t f = 0; f < ARRAY_SIZE(families); f++) {
		put_head(out, families[f].name, families[f].type, families[f].help);
		for (size_t i = 0; i < health->fleet.count; i++) {
			if (health->fleet.kits[i].watched)
				families[f].put(out, families[f].name, &health->fleet.kits[i]);
		}
	}
	put_whole(out, health);
}
