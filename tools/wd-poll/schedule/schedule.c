/* When a kit is asked for what: slots at a fixed rate, retries, and how long it is left alone. */
#include "tools/wd-poll/schedule/schedule.h"

#include "common/backoff.h"

#include <math.h>

static int64_t us(double seconds)
{
	return llround(seconds * (double)CLOCK_SECOND_US);
}

int64_t schedule_phase_us(uint64_t index, int64_t interval_us)
{
	/* 2^64 divided by the golden ratio; the product wraps, which takes its fraction. */
	uint64_t fraction = index * UINT64_C(0x9e3779b97f4a7c15);
	int64_t phase_us = (int64_t)((double)(fraction >> 11) * 0x1p-53 * (double)interval_us);
	int64_t step_us = interval_us / SCHEDULE_PHASES;

	if (step_us > SCHEDULE_STEP_MAX_US)
		step_us = SCHEDULE_STEP_MAX_US;
	if (index >= SCHEDULE_FEW_KITS)
		step_us /= 2;
	return step_us > 0 ? phase_us - phase_us % step_us : phase_us;
}

static bool under_way(const struct endpoint_schedule *e)
{
	return e->attempts > 0;
}

bool schedule_idle(const struct schedule *schedule)
{
	for (int i = 0; i < ENDPOINT_COUNT; i++) {
		if (under_way(&schedule->endpoints[i]))
			return false;
	}
	return true;
}

/* The first slot later than `after_us`. */
static int64_t slot_after(const struct endpoint_schedule *e, int64_t after_us)
{
	int64_t passed_us = after_us - e->anchor_us;
	int64_t slots = passed_us < 0 ? 0 : passed_us / e->interval_us + 1;

	return e->anchor_us + slots * e->interval_us;
}

/* Slots that have passed are not made up for. */
static void skip_passed(struct schedule *schedule, struct endpoint_schedule *e, int64_t now_us)
{
	if (e->next_us > now_us)
		return;
	int64_t next_us = slot_after(e, now_us);
	schedule->skipped += (uint64_t)((next_us - e->next_us) / e->interval_us);
	e->next_us = next_us;
}

struct schedule_phase schedule_phase(int64_t start_us, uint64_t index, const struct kit_config *kit)
{
	uint64_t rounds = (uint64_t)(kit->status_interval_s / kit->poll_interval_s);
	struct schedule_phase phase = {
		.poll_us = start_us + schedule_phase_us(index, us(kit->poll_interval_s))};

	phase.status_us = phase.poll_us;
	if (rounds > 1)
		phase.status_us += (int64_t)(index % rounds) * us(kit->poll_interval_s);
	return phase;
}

void schedule_start(struct schedule *schedule, const struct kit_config *kit, unsigned wanted,
	struct schedule_phase phase, int64_t now_us)
{
	bool only_status = wanted == ENDPOINT_BIT(ENDPOINT_STATUS);

	schedule->kit = kit;
	schedule->phase = phase;
	schedule->wanted = wanted;
	for (int i = 0; i < ENDPOINT_COUNT; i++) {
		struct endpoint_schedule *e = &schedule->endpoints[i];
		bool slow = i == ENDPOINT_STATUS && !only_status;
		e->interval_us = us(slow ? kit->status_interval_s : kit->poll_interval_s);
		e->anchor_us = slow ? phase.status_us : phase.poll_us;
		e->next_us = slot_after(e, now_us - 1);
		if (slow)
			e->next_us = schedule->endpoints[ENDPOINT_DRONES].next_us;
	}
}

/* A kit of which something did not answer, and nothing did, is asked nothing new until all that is
 * under way has ended: only then is it known whether it has to be left alone. */
static bool suspect(const struct schedule *schedule)
{
	return schedule->unanswered && !schedule->answered;
}

/* When an endpoint may be asked, whatever the kit as a whole is held for. */
static int64_t endpoint_next_us(const struct schedule *schedule, int i)
{
	const struct endpoint_schedule *e = &schedule->endpoints[i];

	if (!(schedule->wanted & ENDPOINT_BIT(i)) || e->busy)
		return SCHEDULE_NEVER;
	if (under_way(e))
		return e->retry_us;
	return suspect(schedule) ? SCHEDULE_NEVER : e->next_us;
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

/* Half an interval ahead: a kit that was held and is asked between two slots is not asked again at
 * the very next one. */
static void move_on(struct schedule *schedule, struct endpoint_schedule *e, int64_t now_us)
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
		if (!under_way(e))
			move_on(schedule, e, now_us);
		e->busy = true;
		e->attempts++;
		taken |= ENDPOINT_BIT(i);
	}
	return taken;
}

/* The specification's wait between tries grows by a second each time. */
static bool try_again(const struct schedule *schedule, struct endpoint_schedule *e, bool timed_out,
	int64_t now_us)
{
	if (!timed_out || e->attempts > schedule->kit->max_retries)
		return false;
	e->retry_us = now_us + (int64_t)e->attempts * CLOCK_SECOND_US;
	return true;
}

/* Leaves the kit alone, and has all of it asked when that is over, whatever its slots say. */
static double leave_alone(struct schedule *schedule, int64_t now_us)
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

/* The end of a cycle: was there anybody? Returns how long the kit is left alone. */
static double judge(struct schedule *schedule, int64_t now_us)
{
	bool failed = suspect(schedule);

	schedule->answered = schedule->unanswered = false;
	if (!failed)
		return 0;
	schedule->failures++;
	return schedule->once ? 0 : leave_alone(schedule, now_us);
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

struct attempt_verdict schedule_finish(struct schedule *schedule, enum endpoint endpoint,
	const struct attempt_result *result, int64_t now_us)
{
	struct endpoint_schedule *e = &schedule->endpoints[endpoint];
	struct attempt_verdict verdict = {.attempts = e->attempts};

	e->busy = false;
	verdict.again = try_again(schedule, e, result->timed_out, now_us);
	if (verdict.again)
		return verdict;
	e->attempts = 0;
	if (schedule->once)
		schedule->wanted &= ~ENDPOINT_BIT(endpoint);
	if (result->answered) {
		schedule->answered = true;
		schedule->failures = 0;
	} else {
		schedule->unanswered = true;
	}
	for (int i = 0; i < ENDPOINT_COUNT; i++) {
		if ((schedule->wanted & ENDPOINT_BIT(i)) && !under_way(&schedule->endpoints[i]))
			skip_passed(schedule, &schedule->endpoints[i], now_us);
	}
	if (schedule_idle(schedule))
		verdict.retry_in_s = judge(schedule, now_us);
	if (result->hold_s > 0) {
		hold(schedule, e, result, now_us);
		verdict.retry_in_s = result->hold_s;
	}
	return verdict;
}
