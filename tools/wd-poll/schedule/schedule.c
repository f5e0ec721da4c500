/* When the endpoints of a kit are polled: slots at a fixed rate, retries, and backoff. */
#include "tools/wd-poll/schedule/schedule.h"

#include "common/time/backoff.h"

#include <math.h>

static int64_t us(double seconds)
{
	return llround(seconds * (double)CLOCK_SECOND_US);
}

int64_t schedule_phase_us(uint64_t index, int64_t interval_us)
{
	/* 2^64 divided by the golden ratio; the product wraps, which leaves its fraction. */
	uint64_t fraction = index * UINT64_C(0x9e3779b97f4a7c15);
	int64_t phase_us = (int64_t)((double)(fraction >> 11) * 0x1p-53 * (double)interval_us);
	int64_t step_us = interval_us / SCHEDULE_PHASES;

	if (step_us > SCHEDULE_STEP_MAX_US)
		step_us = SCHEDULE_STEP_MAX_US;
	if (index >= SCHEDULE_FEW_KITS)
		step_us /= 2;
	return step_us > 0 ? phase_us - phase_us % step_us : phase_us;
}

struct schedule_phase schedule_phase(int64_t start_us, uint64_t index, const struct kit_config *kit)
{
	struct schedule_phase phase;
	int64_t poll_us = us(kit->poll_interval_s);
	int64_t first_us = start_us + schedule_phase_us(index, poll_us);

	for (unsigned i = 0; i < ENDPOINT_COUNT; i++) {
		double interval_s = kit_interval_s(kit, (enum endpoint)i);
		uint64_t rounds = (uint64_t)(interval_s / kit->poll_interval_s);
		int64_t round = rounds > 1 ? (int64_t)(index % rounds) : 0;
		phase.at_us[endpoint_table[i].interval] = first_us + round * poll_us;
	}
	return phase;
}

static bool is_current(const struct endpoint_schedule *e)
{
	return e->attempts > 0;
}

bool schedule_idle(const struct schedule *schedule)
{
	for (int i = 0; i < ENDPOINT_COUNT; i++) {
		if (is_current(&schedule->endpoints[i]))
			return false;
	}
	return true;
}

/* Return the first slot later than `after_us`. */
static int64_t slot_after(const struct endpoint_schedule *e, int64_t after_us)
{
	int64_t passed_us = after_us - e->anchor_us;
	int64_t slots = passed_us < 0 ? 0 : passed_us / e->interval_us + 1;

	return e->anchor_us + slots * e->interval_us;
}

/* Missed slots are skipped, never made up for. */
static void skip_passed(struct schedule *schedule, struct endpoint_schedule *e, int64_t now_us)
{
	if (e->next_us > now_us)
		return;
	int64_t next_us = slot_after(e, now_us);
	schedule->skipped += (uint64_t)((next_us - e->next_us) / e->interval_us);
	e->next_us = next_us;
}

void schedule_start(struct schedule *schedule, const struct kit_config *kit, unsigned wanted,
	const struct schedule_phase *phase, int64_t now_us)
{
	schedule->kit = kit;
	schedule->wanted = wanted;
	for (unsigned i = 0; i < ENDPOINT_COUNT; i++) {
		struct endpoint_schedule *e = &schedule->endpoints[i];
		e->interval_us = us(kit_interval_s(kit, (enum endpoint)i));
		e->anchor_us = phase->at_us[endpoint_table[i].interval];
	}
	int64_t first_us = slot_after(&schedule->endpoints[ENDPOINT_DRONES], now_us - 1);
	for (unsigned i = 0; i < ENDPOINT_COUNT; i++)
		schedule->endpoints[i].next_us = first_us;
}

void schedule_add_all(struct schedule *schedule, int64_t now_us)
{
	for (unsigned i = 0; i < ENDPOINT_COUNT; i++) {
		if (!(schedule->wanted & ENDPOINT_BIT(i)))
			schedule->endpoints[i].next_us = now_us;
	}
	schedule->wanted = ENDPOINT_ALL;
}

static bool nothing_answered(const struct schedule *schedule)
{
	return schedule->unanswered && !schedule->answered;
}

/* Return when an endpoint may be polled, whatever the kit as a whole is held for. If a request
 * failed and none has succeeded in this cycle, nothing new is sent until all requests have
 * finished: only then is it known whether the kit goes into backoff. */
static int64_t endpoint_next_us(const struct schedule *schedule, int i)
{
	const struct endpoint_schedule *e = &schedule->endpoints[i];

	if (!(schedule->wanted & ENDPOINT_BIT(i)) || e->busy)
		return SCHEDULE_NEVER;
	if (is_current(e))
		return e->retry_us;
	return nothing_answered(schedule) && !schedule->once ? SCHEDULE_NEVER : e->next_us;
}

int64_t schedule_next_us(const struct schedule *schedule)
{
	int64_t earliest_us = SCHEDULE_NEVER;

	for (int i = 0; i < ENDPOINT_COUNT; i++) {
		int64_t next_us = endpoint_next_us(schedule, i);
		if (next_us < earliest_us)
			earliest_us = next_us;
	}
	return earliest_us < schedule->held_until_us ? schedule->held_until_us : earliest_us;
}

/* The next slot is at least half an interval away: a kit that was held and is polled between two
 * slots is not polled again in the very next one. */
static void advance(struct schedule *schedule, struct endpoint_schedule *e, int64_t now_us)
{
	skip_passed(schedule, e, now_us - e->interval_us);
	e->next_us = slot_after(e, now_us + e->interval_us / 2);
}

unsigned schedule_take(struct schedule *schedule, int64_t now_us)
{
	unsigned taken = 0;

	if (now_us < schedule->held_until_us)
		return 0;
	for (int i = 0; i < ENDPOINT_COUNT; i++) {
		struct endpoint_schedule *e = &schedule->endpoints[i];
		if (endpoint_next_us(schedule, i) > now_us)
			continue;
		if (!is_current(e))
			advance(schedule, e, now_us);
		e->busy = true;
		e->attempts++;
		taken |= ENDPOINT_BIT(i);
	}
	return taken;
}

/* The wait before a retry grows by a second each time. */
static bool plan_retry(const struct schedule *schedule, struct endpoint_schedule *e, bool timed_out,
	int64_t now_us)
{
	if (!timed_out || e->attempts > schedule->kit->max_retries)
		return false;
	e->retry_us = now_us + (int64_t)e->attempts * CLOCK_SECOND_US;
	return true;
}

/* Leave the kit alone; all its endpoints are due when that is over, whatever their slots. */
static double back_off(struct schedule *schedule, int64_t now_us)
{
	const struct kit_config *kit = schedule->kit;
	double wait_s = backoff_grow_s(
		schedule->failures, kit->backoff_multiplier, kit->base_delay_s, kit->max_delay_s);

	schedule->held_until_us = now_us + us(wait_s);
	for (int i = 0; i < ENDPOINT_COUNT; i++) {
		struct endpoint_schedule *e = &schedule->endpoints[i];
		if (e->next_us > schedule->held_until_us)
			e->next_us = schedule->held_until_us;
	}
	return wait_s;
}

/* Return how long the kit is left alone. */
static double end_cycle(struct schedule *schedule, int64_t now_us)
{
	bool failed = nothing_answered(schedule);

	schedule->answered = schedule->unanswered = false;
	if (!failed)
		return 0;
	schedule->failures++;
	return schedule->once ? 0 : back_off(schedule, now_us);
}

static void hold(struct schedule *schedule, struct endpoint_schedule *e,
	const struct attempt_result *result, int64_t now_us)
{
	int64_t until_us = now_us + us(result->hold_s);

	if (result->hold_whole_kit && until_us > schedule->held_until_us)
		schedule->held_until_us = until_us;
	if (!result->hold_whole_kit && until_us > e->next_us)
		e->next_us = until_us;
}

static void note_answer(struct schedule *schedule, bool answered)
{
	if (answered) {
		schedule->answered = true;
		schedule->failures = 0;
	} else {
		schedule->unanswered = true;
	}
}

struct attempt_verdict schedule_finish(struct schedule *schedule, enum endpoint endpoint,
	const struct attempt_result *result, int64_t now_us)
{
	struct endpoint_schedule *e = &schedule->endpoints[endpoint];
	struct attempt_verdict verdict = {.attempts = e->attempts};

	e->busy = false;
	if (result->again) {
		e->attempts = 0;
		e->next_us = now_us + CLOCK_SECOND_US;
		verdict.retry = true;
		return verdict;
	}
	verdict.retry = plan_retry(schedule, e, result->timed_out, now_us);
	if (verdict.retry)
		return verdict;
	e->attempts = 0;
	if (schedule->once)
		schedule->wanted &= ~ENDPOINT_BIT(endpoint);
	note_answer(schedule, result->answered);
	for (int i = 0; i < ENDPOINT_COUNT && !schedule->once; i++) {
		if ((schedule->wanted & ENDPOINT_BIT(i)) && !is_current(&schedule->endpoints[i]))
			skip_passed(schedule, &schedule->endpoints[i], now_us - 1);
	}
	if (schedule_idle(schedule) && !(schedule->once && schedule->wanted))
		verdict.retry_in_s = end_cycle(schedule, now_us);
	if (result->hold_s > 0) {
		if (!schedule->once)
			hold(schedule, e, result, now_us);
		verdict.retry_in_s = result->hold_s;
	}
	return verdict;
}
