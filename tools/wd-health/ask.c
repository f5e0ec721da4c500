/* Answers from a state file: what was known, taken on to now. */
#include "tools/wd-health/ask.h"

/* A minute that is over may wait for its lines this long before it is judged without them. */
#define LINES_MAY_TAKE_US CLOCK_MINUTE_US

static void judge(struct answer *answer, struct kit *kit, minute_number minute)
{
	enum coverage verdict = coverage_of(&kit->open, &kit->outlook, minute_start(minute + 1));

	ledger_put(&kit->ledger, minute, timeline_newest(&answer->health.timeline), verdict);
	kit->open = (struct coverage_minute){0};
}

static void close_minutes(struct answer *answer)
{
	minute_number minute;

	while (timeline_close(&answer->health.timeline, answer->now - LINES_MAY_TAKE_US, &minute)) {
		for (size_t i = 0; i < answer->health.fleet.count; i++) {
			if (answer->health.fleet.kits[i].watched)
				judge(answer, &answer->health.fleet.kits[i], minute);
		}
	}
}

static void count(struct answer *answer)
{
	for (size_t i = 0; i < answer->health.fleet.count; i++) {
		struct kit *kit = &answer->health.fleet.kits[i];
		clock_us silent = watch_silent_at(&kit->watch, answer->health.threshold_us);
		if (!kit->watched)
			continue;
		if (silent <= answer->now)
			watch_silent(&kit->watch, silent);
		answer->watched++;
		answer->states[kit->watch.state]++;
		answer->still += kit->standstill.still;
	}
}

void ask_take_on(struct answer *answer, clock_us now)
{
	answer->now = now;
	close_minutes(answer);
	count(answer);
}

int ask_open(struct answer *answer, const char *path, int64_t threshold_us)
{
	*answer = (struct answer){0};
	health_init(&answer->health, threshold_us);
	int status = state_look(path, &answer->health, &answer->written);
	ask_take_on(answer, clock_wall_us());
	return status;
}

void ask_release(struct answer *answer)
{
	health_release(&answer->health);
}

minute_number ask_gaps_from(const struct answer *answer)
{
	minute_number from = minute_of(answer->now - answer->since_us);
	minute_number oldest = timeline_newest(&answer->health.timeline) - LEDGER_MINUTES + 1;

	return from > oldest ? from : oldest;
}
