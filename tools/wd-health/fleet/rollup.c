/* What is due for a kit when time passes. */
#include "tools/wd-health/fleet/rollup.h"

#include "tools/wd-health/output/emit.h"

/* Payloads by MQTT are rarer than polls: a kit without detections sends its status every 30 s. */
#define MQTT_THRESHOLD_US (90 * CLOCK_SECOND_US)

int64_t rollup_threshold_us(const struct health *health, const struct health_kit *kit)
{
	if (kit->is_mqtt && health->threshold_us < MQTT_THRESHOLD_US)
		return MQTT_THRESHOLD_US;
	return health->threshold_us;
}

/* Return the first whole second after `time`: kits that fall silent together are found together. */
static clock_us whole_second(clock_us time)
{
	return time == WATCH_NEVER ? time : (time / CLOCK_SECOND_US + 1) * CLOCK_SECOND_US;
}

static void expire_until(struct health *health, struct health_kit *kit, clock_us time)
{
	enum watch_state before = kit->watch.state;
	clock_us at = watch_stale_at(&kit->watch, rollup_threshold_us(health, kit));

	if (whole_second(at) > time)
		return;
	watch_expire(&kit->watch, at);
	emit_change(&health->out, kit, before);
}

static void close_minute(struct health *health, struct health_kit *kit, minute_number minute)
{
	kit->verdict = coverage_of(&kit->open, &kit->outlook, minute_start(minute + 1));
	if (kit->verdict == COVERAGE_KIT_DOWN && coverage_suspects_link(&kit->outlook) &&
		link_is_down(&health->link, minute))
		kit->verdict = COVERAGE_LINK_DOWN;
	emit_coverage(&health->out, kit, minute);
}

static void put_away(struct health_kit *kit, minute_number minute)
{
	ledger_put(&kit->ledger, minute, timeline_newest(&kit->timeline), kit->verdict);
	if (kit->open.tally.requests) {
		kit->past = kit->open;
		kit->past_minute = minute;
	}
	kit->open = (struct coverage_minute){0};
}

static void begin(struct health_kit *kit, clock_us time)
{
	kit->timeline.now = time;
	kit->timeline.open = minute_of(time);
	kit->timeline.status = timeline_status_slot(time);
}

void rollup_advance(struct health *health, struct health_kit *kit, clock_us time)
{
	clock_us status = timeline_status_slot(time);
	minute_number minute;

	if (!kit->timeline.now)
		begin(kit, time);
	while (timeline_close(&kit->timeline, time, &minute)) {
		kit->verdict = COVERAGE_NONE;
		if (kit->watched) {
			expire_until(health, kit, minute_start(minute + 1));
			close_minute(health, kit, minute);
		}
		put_away(kit, minute);
	}
	if (status > kit->timeline.status) {
		kit->timeline.status = status;
		if (kit->watched) {
			expire_until(health, kit, status);
			emit_status(&health->out, kit, status);
		}
	}
	if (kit->watched)
		expire_until(health, kit, time);
}

static clock_us earlier(clock_us a, clock_us b)
{
	return a < b ? a : b;
}

clock_us rollup_next(const struct health *health, const struct health_kit *kit, clock_us time)
{
	clock_us stale = watch_stale_at(&kit->watch, rollup_threshold_us(health, kit));
	clock_us status = kit->timeline.status > time ? kit->timeline.status : time;

	return earlier(kit->watched ? whole_second(stale) : WATCH_NEVER,
		timeline_status_slot(status) + TIMELINE_STATUS_US);
}

void rollup_set_back(struct health_kit *kit, const struct timeline *before)
{
	const struct timeline *timeline = &kit->timeline;

	kit->open = kit->past_minute == timeline->open ? kit->past : (struct coverage_minute){0};
	watch_set_back(&kit->watch, timeline->now);
	/* After a small step the minutes that timers closed early keep their coverage. */
	if (before->now - timeline->now > TIMELINE_SET_BACK_US)
		ledger_clear(&kit->ledger, timeline->open, timeline_newest(before));
}
