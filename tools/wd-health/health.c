/* What the lines and the time do to the kits, and what is to be said of it. */
#include "tools/wd-health/health.h"

#include "common/json.h"
#include "common/log.h"
#include "tools/wd-health/report.h"

#include <unistd.h>

enum {
	FLUSH_AT = 1 << 20,
	TOLD_A_MINUTE = 6
};

int health_flush(struct health *health)
{
	if (!health->out.length && !health->out.failed)
		return 0;
	return buffer_write(&health->out, STDOUT_FILENO, "stdout");
}

static void put_status(struct health *health, const struct kit *kit, clock_us time)
{
	struct buffer *out = &health->out;

	json_open(out, "kit_status");
	json_time(out, "time", time);
	json_text(out, "kit_id", span_of(kit->id));
	json_text(out, "status", span_of(watch_state_name(kit->watch.state)));
	if (kit->watch.last_seen)
		json_time(out, "last_seen", kit->watch.last_seen);
	json_close(out);
}

/* A kit that comes and goes says so six times a minute at most. */
static void tell_change(struct kit *kit, enum watch_state before, clock_us time)
{
	bool well = kit->watch.state == WATCH_ONLINE;
	char untold[32] = "";

	if (kit->told_minute != minute_of(time)) {
		kit->told_minute = minute_of(time);
		kit->told = 0;
	}
	if (kit->told++ >= TOLD_A_MINUTE) {
		kit->untold++;
		return;
	}
	if (kit->untold)
		memcpy(untold, log_number(kit->untold).text, sizeof(untold));
	kit->untold = 0;
	log_line(well ? LOG_INFO : LOG_WARNING,
		&(struct log_event){"kit changed its state", {"kit", kit->id},
			{"from", watch_state_name(before)},
			{"to", watch_state_name(kit->watch.state)},
			{"error", well || !kit->error[0] ? NULL : kit->error},
			{"unsaid", untold[0] ? untold : NULL}});
}

static void changed(struct health *health, struct kit *kit, enum watch_state before)
{
	put_status(health, kit, kit->watch.since);
	tell_change(kit, before, kit->watch.since);
}

/* The first whole second at which `time` has come: kits that fall silent together are looked for
 * together. */
static clock_us whole_second(clock_us time)
{
	return time == WATCH_NEVER ? time : (time / CLOCK_SECOND_US + 1) * CLOCK_SECOND_US;
}

static void expect_silence(struct health *health, const struct kit *kit)
{
	clock_us at = whole_second(watch_silent_at(&kit->watch, health->threshold_us));

	if (at < health->next_silence)
		health->next_silence = at;
}

static void find_silent(struct health *health, clock_us time)
{
	if (time < health->next_silence)
		return;
	health->next_silence = WATCH_NEVER;
	for (size_t i = 0; i < health->fleet.count; i++) {
		struct kit *kit = &health->fleet.kits[i];
		enum watch_state before = kit->watch.state;
		clock_us at = watch_silent_at(&kit->watch, health->threshold_us);
		if (!kit->watched)
			continue;
		if (whole_second(at) <= time) {
			watch_silent(&kit->watch, at);
			changed(health, kit, before);
		}
		expect_silence(health, kit);
	}
}

static void tell_turned_away(struct health *health)
{
	uint64_t more = health->fleet.turned_away - health->turned_away_told;

	if (!more)
		return;
	log_warning("too many kits: some are not watched",
		{"limit", log_number(FLEET_KITS_MAX).text},
		{"lines", log_number((int64_t)more).text});
	health->turned_away_told = health->fleet.turned_away;
}

/* `gap` says that the stream leapt over this minute: nothing new can be said of its kits. */
static int close_minute(struct health *health, minute_number minute, bool gap)
{
	clock_us end = minute_start(minute + 1);
	int status = 0;

	find_silent(health, end);
	for (size_t i = 0; i < health->fleet.count && !status && !gap; i++) {
		const struct kit *kit = &health->fleet.kits[i];
		if (kit->watched)
			put_status(health, kit, end);
		if (health->out.length >= FLUSH_AT)
			status = health_flush(health);
	}
	if (!gap) {
		report_log(&health->fleet);
		tell_turned_away(health);
	}
	return status;
}

int health_advance(struct health *health, clock_us time)
{
	minute_number minute;
	bool gap = false;
	int status = 0;

	while (!status && timeline_close(&health->timeline, time, &minute)) {
		status = close_minute(health, minute, gap);
		gap = true;
	}
	if (!status)
		find_silent(health, time);
	return status;
}

clock_us health_next(const struct health *health)
{
	clock_us minute_over = minute_start(health->timeline.open + 1);

	if (!health->timeline.now)
		return WATCH_NEVER;
	return minute_over < health->next_silence ? minute_over : health->next_silence;
}

static void take_kit(struct health *health, const struct notice *notice)
{
	struct kit *kit = fleet_add(&health->fleet, notice->kit_id);

	if (kit)
		kit->watched = notice->enabled;
}

static void note_failure(struct kit *kit, const struct notice *notice)
{
	kit->error_time = notice->time;
	kit->error_endpoint = notice->endpoint;
	memcpy(kit->error, notice->error, sizeof(kit->error));
	memcpy(kit->message, notice->message, sizeof(kit->message));
}

static void take_reply(struct health *health, const struct notice *notice)
{
	struct kit *kit = fleet_add(&health->fleet, notice->kit_id);
	bool is_new;

	if (!kit || !kit->watched)
		return;
	enum watch_state before = kit->watch.state;
	if (!watch_reply(&kit->watch, notice->endpoint, notice->outcome, notice->time, &is_new))
		return;
	tally_add(&kit->total, notice->outcome);
	if (notice->outcome == WATCH_GOOD)
		kit->clock_offset_s = notice->clock_offset_s;
	else
		note_failure(kit, notice);
	if (is_new)
		changed(health, kit, before);
	expect_silence(health, kit);
}

static int go_to(struct health *health, clock_us time)
{
	timeline_line(&health->timeline, time);
	return health_advance(health, time);
}

int health_line(struct health *health, struct span line)
{
	struct notice notice;
	int status = 0;

	notice_read(line, &notice);
	if (notice.kind == NOTICE_REPLY)
		status = go_to(health, notice.time);
	buffer_add_span(&health->out, line);
	buffer_add_char(&health->out, '\n');
	if (status || notice.kind == NOTICE_NOTHING)
		return status;
	if (notice.kind == NOTICE_KIT)
		take_kit(health, &notice);
	else if (notice.kind == NOTICE_REPLY)
		take_reply(health, &notice);
	else if (notice.kind == NOTICE_BROKEN)
		health->broken++;
	return 0;
}
