/* --report=json: a line for each kit. */
#include "common/lines/json.h"
#include "tools/wd-health/query/query.h"

#include <unistd.h>

static void put_gap(struct buffer *out, const struct ledger_gap *gap)
{
	char from[CLOCK_TEXT_SIZE], until[CLOCK_TEXT_SIZE];

	clock_format(minute_start(gap->from), from);
	clock_format(minute_start(gap->to + 1), until);
	buffer_printf(out, "{\"from\":\"%s\",\"until\":\"%s\",\"minutes\":%lld,\"state\":\"%s\"}",
		from, until, (long long)(gap->to - gap->from + 1), coverage_name(gap->why));
}

static void put_gaps(
	struct buffer *out, const struct health_query *query, const struct health_kit *kit)
{
	minute_number newest = timeline_newest(&kit->timeline);
	minute_number from = query_gaps_from(query, kit);
	struct ledger_gap gap;
	const char *join = "";

	buffer_add_text(out, ",\"gaps\":[");
	while (ledger_next_gap(&kit->ledger, newest, &from, newest, &gap)) {
		buffer_add_text(out, join);
		put_gap(out, &gap);
		join = ",";
	}
	buffer_add_char(out, ']');
}

static void put_time(struct buffer *out, const char *key, clock_us time)
{
	if (time)
		json_time(out, key, time);
}

static void put_error(struct buffer *out, const struct health_kit *kit)
{
	if (!kit->error_time)
		return;
	json_time(out, "error_time", kit->error_time);
	json_text(out, "error_endpoint", span_of(event_endpoint_name(kit->error_endpoint)));
	json_text(out, "error", span_of(kit->error));
	json_text(out, "message", span_of(kit->message));
}

static void put_kit(
	struct buffer *out, const struct health_query *query, const struct health_kit *kit)
{
	struct tally hour = ledger_last_hour(&kit->ledger, minute_of(query->now));

	json_open(out, "kit_report");
	json_text(out, "kit_id", span_of(kit->id));
	json_text(out, "status", span_of(query_state(kit)));
	put_time(out, "since", kit->watch.since);
	put_time(out, "last_seen", kit->watch.last_seen);
	json_integer(out, "requests", (int64_t)kit->total.requests);
	json_integer(out, "ok", (int64_t)kit->total.ok);
	json_integer(out, "failed", (int64_t)kit->total.failed);
	json_integer(out, "last_hour_ok", (int64_t)hour.ok);
	json_integer(out, "last_hour_failed", (int64_t)hour.failed);
	json_integer(out, "drones", (int64_t)kit->drones);
	json_integer(out, "signals", (int64_t)kit->signals);
	receivers_put(out, kit->receivers);
	json_number(out, "clock_offset_s", kit->clock_offset_s);
	if (kit->status.is_stale)
		json_time(out, "status_still_since", kit->status.since);
	if (kit->reported_id[0])
		json_text(out, "reported_id", span_of(kit->reported_id));
	put_error(out, kit);
	if (query->since_us)
		put_gaps(out, query, kit);
	json_close(out);
}

int query_json(const struct health_query *query)
{
	struct buffer out = {0};

	for (size_t i = 0; i < query->health.fleet.count; i++) {
		const struct health_kit *kit = &query->health.fleet.kits[i];
		if (kit->watched || query_is_removed(kit))
			put_kit(&out, query, kit);
	}
	int status = buffer_write(&out, STDOUT_FILENO, "stdout");
	buffer_release(&out);
	return status;
}
