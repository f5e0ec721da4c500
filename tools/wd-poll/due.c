/* When a kit is asked for what: slots at a fixed rate, retries, and how long it is left alone. */
#include "tools/wd-poll/due.h"

#include "common/backoff.h"

#include <math.h>

static int64_t us(double seconds)
{
	return llround(seconds * (double)CLOCK_SECOND_US);
}

int64_t due_phase_us(uint64_t index, int64_t interval_us)
{
	/* 2^64 divided by the golden ratio; the product wraps, which takes its fraction. */
	uint64_t fraction = index * UINT64_C(0x9e3779b97f4a7c15);
	int64_t phase_us = (int64_t)((double)(fraction >> 11) * 0x1p-53 * (double)interval_us);
	int64_t step_us = interval_us / DUE_PLACES;

	if (step_us > DUE_STEP_MAX_US)
		step_us = DUE_STEP_MAX_US;
	if (index >= DUE_FEW_KITS)
		step_us /= 2;
	return step_us > 0 ? phase_us - phase_us % step_us : phase_us;
}

static bool under_way(const struct due_endpoint *e)
{
	return e->attempts > 0;
}

bool due_idle(const struct due *due)
{
	for (int i = 0; i < ENDPOINT_COUNT; i++) {
		if (under_way(&due->endpoints[i]))
			return false;
	}
	return true;
}

/* The first slot later than `after_us`. */
static int64_t slot_after(const struct due_endpoint *e, int64_t after_us)
{
	int64_t passed_us = after_us - e->anchor_us;
	int64_t slots = passed_us < 0 ? 0 : passed_us / e->interval_us + 1;

	return e->anchor_us + slots * e->interval_us;
}

/* Slots that have passed are not made up for. */
static void skip_passed(struct due *due, struct due_endpoint *e, int64_t now_us)
{
	if (e->next_us > now_us)
		return;
	int64_t next_us = slot_after(e, now_us);
	due->skipped += (uint64_t)((next_us - e->next_us) / e->interval_us);
	e->next_us = next_us;
}

struct due_place due_place(int64_t start_us, uint64_t index, const struct kit *kit)
{
	uint64_t rounds = (uint64_t)(kit->status_interval_s / kit->poll_interval_s);
	struct due_place place = {
		.poll_us = start_us + due_phase_us(index, us(kit->poll_interval_s))};

	place.status_us = place.poll_us;
	if (rounds > 1)
		place.status_us += (int64_t)(index % rounds) * us(kit->poll_interval_s);
	return place;
}

void due_begin(struct due *due, const struct kit *kit, unsigned wanted, struct due_place place,
	int64_t now_us)
{
	bool only_status = wanted == DUE_BIT(ENDPOINT_STATUS);

	due->kit = kit;
	due->place = place;
	due->wanted = wanted;
	for (int i = 0; i < ENDPOINT_COUNT; i++) {
		struct due_endpoint *e = &due->endpoints[i];
		bool slow = i == ENDPOINT_STATUS && !only_status;
		e->interval_us = us(slow ? kit->status_interval_s : kit->poll_interval_s);
		e->anchor_us = slow ? place.status_us : place.poll_us;
		e->next_us = slot_after(e, now_us - 1);
		if (slow)
			e->next_us = due->endpoints[ENDPOINT_DRONES].next_us;
	}
}

/* A kit of which something did not answer, and nothing did, is asked nothing new until all that is
 * under way has ended: only then is it known whether it has to be left alone. */
static bool suspect(const struct due *due)
{
	return due->unanswered && !due->answered;
}

/* When an endpoint may be asked, whatever the kit as a whole is held for. */
static int64_t endpoint_next_us(const struct due *due, int i)
{
	const struct due_endpoint *e = &due->endpoints[i];

	if (!(due->wanted & DUE_BIT(i)) || e->busy)
		return DUE_NEVER;
	if (under_way(e))
		return e->retry_us;
	return suspect(due) ? DUE_NEVER : e->next_us;
}

int64_t due_next_us(const struct due *due)
{
	int64_t earliest_us = DUE_NEVER;

	for (int i = 0; i < ENDPOINT_COUNT; i++) {
		int64_t next_us = endpoint_next_us(due, i);
		if (next_us < earliest_us)
			earliest_us = next_us;
	}
	return earliest_us < due->held_until_us ? due->held_until_us : earliest_us;
}

/* Half an interval ahead: a kit that was held and is asked between two slots is not asked again at
 * the very next one. */
static void move_on(struct due *due, struct due_endpoint *e, int64_t now_us)
{
	skip_passed(due, e, now_us - e->interval_us);
	e->next_us = slot_after(e, now_us + e->interval_us / 2);
}

unsigned due_take(struct due *due, int64_t now_us)
{
	unsigned taken = 0;

	if (now_us < due->held_until_us)
		return 0;
	for (int i = 0; i < ENDPOINT_COUNT; i++) {
		struct due_endpoint *e = &due->endpoints[i];
		if (endpoint_next_us(due, i) > now_us)
			continue;
		if (!under_way(e))
			move_on(due, e, now_us);
		e->busy = true;
		e->attempts++;
		taken |= DUE_BIT(i);
	}
	return taken;
}

/* The specification's wait between tries grows by a second each time. */
static bool try_again(const struct due *due, struct due_endpoint *e, bool timed_out, int64_t now_us)
{
	if (!timed_out || e->attempts > due->kit->max_retries)
		return false;
	e->retry_us = now_us + (int64_t)e->attempts * CLOCK_SECOND_US;
	return true;
}

/* Leaves the kit alone, and has all of it asked when that is over, whatever its slots say. */
static double leave_alone(struct due *due, int64_t now_us)
{
	const struct kit *kit = due->kit;
	double wait_s = backoff_grow_s(
		due->failures, kit->backoff_multiplier, kit->base_delay_s, kit->max_delay_s);

	due->held_until_us = now_us + us(wait_s);
	for (int i = 0; i < ENDPOINT_COUNT; i++) {
		struct due_endpoint *e = &due->endpoints[i];
		if (e->next_us > due->held_until_us)
			e->next_us = due->held_until_us;
	}
	return wait_s;
}

/* The end of a cycle: was there anybody? Returns how long the kit is left alone. */
static double judge(struct due *due, int64_t now_us)
{
	bool failed = suspect(due);

	due->answered = due->unanswered = false;
	if (!failed)
		return 0;
	due->failures++;
	return due->once ? 0 : leave_alone(due, now_us);
}

static void hold(
	struct due *due, struct due_endpoint *e, const struct due_result *result, int64_t now_us)
{
	int64_t until_us = now_us + us(result->hold_s);

	if (result->hold_whole_kit && until_us > due->held_until_us)
		due->held_until_us = until_us;
	if (!result->hold_whole_kit && until_us > e->next_us)
		e->next_us = until_us;
}

struct due_verdict due_done(
	struct due *due, enum endpoint endpoint, const struct due_result *result, int64_t now_us)
{
	struct due_endpoint *e = &due->endpoints[endpoint];
	struct due_verdict verdict = {.attempts = e->attempts};

	e->busy = false;
	verdict.again = try_again(due, e, result->timed_out, now_us);
	if (verdict.again)
		return verdict;
	e->attempts = 0;
	if (due->once)
		due->wanted &= ~DUE_BIT(endpoint);
	if (result->answered) {
		due->answered = true;
		due->failures = 0;
	} else {
		due->unanswered = true;
	}
	for (int i = 0; i < ENDPOINT_COUNT; i++) {
		if ((due->wanted & DUE_BIT(i)) && !under_way(&due->endpoints[i]))
			skip_passed(due, &due->endpoints[i], now_us);
	}
	if (due_idle(due))
		verdict.retry_in_s = judge(due, now_us);
	if (result->hold_s > 0) {
		hold(due, e, result, now_us);
		verdict.retry_in_s = result->hold_s;
	}
	return verdict;
}
