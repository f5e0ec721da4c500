/* What the lines and the time do to the kits. */
#include "tools/wd-health/health.h"

#include "common/log.h"
#include "tools/wd-health/minute.h"
#include "tools/wd-health/say.h"

#include <stdio.h>
#include <unistd.h>

/* A leap over a day makes many lines of many kits. */
#define FLUSH_AT ((size_t)1 << 20)

void health_init(struct health *health, int64_t threshold_us)
{
	*health = (struct health){.threshold_us = threshold_us, .next_silence = WATCH_NEVER};
}

void health_release(struct health *health)
{
	buffer_release(&health->out);
	fleet_release(&health->fleet);
}

int health_flush(struct health *health)
{
	if (!health->out.length && !health->out.failed)
		return 0;
	return buffer_write(&health->out, STDOUT_FILENO, "stdout");
}

/* The first whole second after `time`: kits that fall silent together are looked for together. */
static clock_us whole_second(clock_us time)
{
	return time == WATCH_NEVER ? time : (time / CLOCK_SECOND_US + 1) * CLOCK_SECOND_US;
}

static void expect_silence(struct health *health, const struct kit *kit)
{
	clock_us at = whole_second(watch_silent_at(&kit->watch, health->threshold_us));

	if (kit->watched && at < health->next_silence)
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
		if (kit->watched && whole_second(at) <= time) {
			watch_silent(&kit->watch, at);
			say_change(&health->out, kit, before);
		}
		expect_silence(health, kit);
	}
	health->events++;
}

int health_advance(struct health *health, clock_us time)
{
	minute_number minute;
	bool gap = false;
	int status = 0;

	while (!status && timeline_close(&health->timeline, time, &minute)) {
		find_silent(health, minute_start(minute + 1));
		minute_close(&health->fleet, minute, timeline_newest(&health->timeline), gap,
			&health->out);
		if (health->out.length >= FLUSH_AT)
			status = health_flush(health);
		health->events++;
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

static void say_set_back(struct health *health, clock_us before, clock_us time)
{
	char from[CLOCK_TEXT_SIZE], to[CLOCK_TEXT_SIZE];
	unsigned unsaid;

	if (!hush_allows(&health->set_backs, time, &unsaid))
		return;
	clock_format(before, from);
	clock_format(time, to);
	log_warning("the time of the lines was set back", {"from", from}, {"to", to},
		{"suppressed", unsaid ? log_number(unsaid).text : NULL});
}

/* Where timers had only run ahead, what they have noted stays: it is told again, or was right. */
static void set_back(struct health *health, const struct timeline *before)
{
	const struct timeline *timeline = &health->timeline;
	bool far = before->now - timeline->now > TIMELINE_SET_BACK_US;

	minute_reopen(&health->fleet, timeline->open);
	for (size_t i = 0; i < health->fleet.count; i++) {
		struct kit *kit = &health->fleet.kits[i];
		watch_set_back(&kit->watch, timeline->now);
		if (far)
			ledger_forget(&kit->ledger, timeline->open, timeline_newest(before));
	}
	health->next_silence = 0;
	if (far)
		say_set_back(health, before->now, timeline->now);
}

/* Brings the stream to the time of a reply, before the reply itself is looked at. */
static int go_to(struct health *health, clock_us time)
{
	struct timeline before = health->timeline;

	health->told_time = true;
	if (timeline_line(&health->timeline, time) == TIMELINE_SET_BACK)
		set_back(health, &before);
	return health_advance(health, time);
}

static void take_kit(struct health *health, const struct notice *notice)
{
	struct kit *kit = fleet_add(&health->fleet, notice->kit_id);

	if (!kit)
		return;
	kit->watched = notice->enabled;
	health->next_silence = 0; /* perhaps it was not watched for a while */
}

static void note_failure(struct kit *kit, const struct notice *notice)
{
	kit->error_time = notice->time;
	kit->error_endpoint = notice->endpoint;
	snprintf(
		kit->error, sizeof(kit->error), "%s", notice->error[0] ? notice->error : "unknown");
	memcpy(kit->message, notice->message, sizeof(kit->message));
}

static void note_status(struct kit *kit, clock_us kit_time, clock_us now)
{
	if (kit_time && standstill_status(&kit->standstill, kit_time, now))
		say_standstill(kit);
}

static void take_reply(struct health *health, const struct notice *notice)
{
	struct kit *kit = fleet_add(&health->fleet, notice->kit_id);
	bool changed;

	if (!kit || !kit->watched)
		return;
	enum watch_state before = kit->watch.state;
	if (!watch_reply(&kit->watch, notice->endpoint, notice->outcome, notice->time, &changed))
		return;
	tally_add(&kit->total, notice->outcome);
	ledger_count(&kit->ledger, minute_of(notice->time), notice->outcome);
	coverage_reply(&kit->open, &kit->outlook, notice, health->threshold_us);
	if (notice->outcome == WATCH_GOOD)
		kit->clock_offset_s = notice->clock_offset_s;
	else
		note_failure(kit, notice);
	if (changed)
		say_change(&health->out, kit, before);
	expect_silence(health, kit);
	note_status(kit, notice->kit_time, notice->time);
}

static void take_status(struct health *health, const struct notice *notice)
{
	struct kit *kit = fleet_find(&health->fleet, notice->kit_id);

	if (kit && kit->watched)
		note_status(kit, notice->kit_time, health->timeline.now);
}

/* Whoever stores the lines makes a reject of it; here it only tells nothing. */
static void say_broken(struct health *health, struct span line)
{
	char beginning[64];
	unsigned unsaid;

	if (!hush_allows(&health->broken, health->timeline.now, &unsaid))
		return;
	snprintf(beginning, sizeof(beginning), "%.*s", (int)line.length, line.data);
	log_warning("a line tells nothing: passed on", {"line", beginning},
		{"suppressed", unsaid ? log_number(unsaid).text : NULL});
}

int health_take(struct health *health, struct span line, const struct notice *notice)
{
	int status = 0;

	if (notice->kind == NOTICE_REPLY || notice->kind == NOTICE_TICK)
		status = go_to(health, notice->time);
	buffer_add_span(&health->out, line);
	buffer_add_char(&health->out, '\n');
	if (status || notice->kind == NOTICE_NOTHING || notice->kind == NOTICE_MARK)
		return status;
	if (notice->kind == NOTICE_KIT)
		take_kit(health, notice);
	else if (notice->kind == NOTICE_REPLY)
		take_reply(health, notice);
	else if (notice->kind == NOTICE_STATUS)
		take_status(health, notice);
	else if (notice->kind == NOTICE_BROKEN)
		say_broken(health, line);
	health->events++;
	return 0;
}

int health_line(struct health *health, struct span line)
{
	struct notice notice;

	notice_read(line, &notice);
	return health_take(health, line, &notice);
}
