/* When the endpoints of a kit are polled. */
#include "tools/wd-poll/schedule/schedule.h"
#include "common/base/array.h"
#include "tests/unit/tap.h"

#define S INT64_C(1000000)

#define DRONES  ENDPOINT_BIT(ENDPOINT_DRONES)
#define SIGNALS ENDPOINT_BIT(ENDPOINT_SIGNALS)
#define STATUS  ENDPOINT_BIT(ENDPOINT_STATUS)

static const struct kit_config kit = {
	.poll_interval_s = 5,
	.status_interval_s = 30,
	.max_retries = 3,
	.base_delay_s = 5,
	.max_delay_s = 300,
	.backoff_multiplier = 2,
};
static const struct attempt_result answered = {.answered = true};
static const struct attempt_result refused = {0};
static const struct attempt_result timed_out = {.timed_out = true};

static const struct schedule_phase zero_phase;

static struct schedule begun(unsigned wanted)
{
	struct schedule schedule = {0};

	schedule_start(&schedule, &kit, wanted, &zero_phase, 0);
	return schedule;
}

/* End everything in `endpoints` the same way; the last verdict. */
static struct attempt_verdict end(struct schedule *schedule, unsigned endpoints,
	const struct attempt_result *result, int64_t now_us)
{
	struct attempt_verdict verdict = {0};

	for (int i = 0; i < ENDPOINT_COUNT; i++) {
		if (endpoints & ENDPOINT_BIT(i))
			verdict = schedule_finish(schedule, (enum endpoint)i, result, now_us);
	}
	return verdict;
}

static void slots(void)
{
	struct schedule schedule = begun(ENDPOINT_ALL);

	is_number(schedule_take(&schedule, 0), ENDPOINT_ALL,
		"everything is polled in the first slot");
	ok(schedule_next_us(&schedule) == SCHEDULE_NEVER, "nothing is due while all is in flight");
	end(&schedule, ENDPOINT_ALL, &answered, S / 10);
	is_number((double)schedule_next_us(&schedule), 5 * S, "the next slot is one interval on");
	is_number(schedule_take(&schedule, 5 * S - 1), 0, "and not earlier");
	is_number(schedule_take(&schedule, 5 * S + 4000), DRONES | SIGNALS,
		"/status has its own interval");
	end(&schedule, DRONES | SIGNALS, &answered, 5 * S + 9000);
	is_number((double)schedule_next_us(&schedule), 10 * S,
		"a late start does not move the slots");
	schedule.endpoints[ENDPOINT_STATUS].next_us = SCHEDULE_NEVER;
	for (int64_t k = 2; k <= 100000; k++) {
		schedule_take(&schedule, k * 5 * S + 3000);
		end(&schedule, DRONES | SIGNALS, &answered, k * 5 * S + 60000);
	}
	is_number(
		(double)schedule_next_us(&schedule), 100001.0 * 5 * S, "nor do a hundred thousand");
	is_number((double)schedule.skipped, 0, "and none is skipped");
}

static void overlap(void)
{
	struct schedule schedule = begun(DRONES | SIGNALS);

	schedule_take(&schedule, 0);
	schedule_finish(&schedule, ENDPOINT_SIGNALS, &answered, S);
	is_number(
		schedule_take(&schedule, 5 * S), SIGNALS, "a slow endpoint does not delay another");
	end(&schedule, SIGNALS, &answered, 5 * S + 1000);
	schedule_finish(&schedule, ENDPOINT_DRONES, &answered, 12 * S);
	is_number((double)schedule.endpoints[ENDPOINT_DRONES].next_us, 15 * S,
		"missed slots are skipped");
	is_number((double)schedule.skipped, 3, "but counted: two of /drones, one of /signals");
	is_number(schedule_take(&schedule, 15 * S), DRONES | SIGNALS, "the next slot is used");
}

static void phases(void)
{
	bool used[10] = {false};
	bool inside = true;

	for (uint64_t i = 0; i < 1000; i++) {
		int64_t phase_us = schedule_phase_us(i, 5 * S);
		inside = inside && phase_us >= 0 && phase_us < 5 * S;
	}
	ok(inside, "a phase lies within its interval");
	for (uint64_t i = 0; i < 16; i++)
		used[schedule_phase_us(i, 10)] = true;
	for (size_t i = 0; i < ARRAY_SIZE(used); i++)
		ok(used[i], "sixteen kits leave no tenth of the interval empty");
	is_number((double)schedule_phase_us(0, 5 * S), 0, "the first kit is polled at once");
}

/* How many of the kits from..to fall on each step of 5 s; false where one does not fall on any. */
static bool count_steps(uint64_t from, uint64_t to, int64_t step_us, unsigned *at)
{
	for (uint64_t i = from; i < to; i++) {
		int64_t phase_us = schedule_phase_us(i, 5 * S);
		if (phase_us % step_us != 0)
			return false;
		at[phase_us / step_us]++;
	}
	return true;
}

static bool all_within(const unsigned *counts, size_t count, unsigned least, unsigned most)
{
	for (size_t i = 0; i < count; i++) {
		if (counts[i] < least || counts[i] > most)
			return false;
	}
	return true;
}

static void steps(void)
{
	unsigned few[10] = {0}, many[20] = {0};
	bool on_step = true;

	ok(count_steps(0, 100, S / 2, few) && all_within(few, ARRAY_SIZE(few), 9, 11),
		"each half of a second of 5 s has its tenth of 100 kits");
	ok(count_steps(100, 1000, S / 4, many) && all_within(many, ARRAY_SIZE(many), 43, 47),
		"of those that follow each quarter has its twentieth");
	for (uint64_t i = 0; i < 100; i++)
		on_step = on_step && schedule_phase_us(i, S) % (S / 10) == 0 &&
			  schedule_phase_us(i, 60 * S) % (S / 2) == 0;
	ok(on_step, "a short interval has ten steps, a long one more");
}

static void places(void)
{
	unsigned in_round[6] = {0};
	struct schedule schedule = {0};

	for (uint64_t i = 0; i < 600; i++) {
		struct schedule_phase phase = schedule_phase(7 * S, i, &kit);
		in_round[(phase.at_us[ENDPOINT_STATUS_INTERVAL] -
				 phase.at_us[ENDPOINT_POLL_INTERVAL]) /
			 (5 * S)]++;
	}
	for (size_t i = 0; i < ARRAY_SIZE(in_round); i++)
		is_number(in_round[i], 100, "each round has its sixth of the kits' /status");
	const struct schedule_phase fourth = schedule_phase(7 * S, 4, &kit);
	schedule_start(&schedule, &kit, ENDPOINT_ALL, &fourth, 0);
	int64_t first_us = schedule_next_us(&schedule);
	is_number(schedule_take(&schedule, first_us), ENDPOINT_ALL,
		"the first round has all endpoints");
	end(&schedule, ENDPOINT_ALL, &answered, first_us);
	is_number((double)(schedule.endpoints[ENDPOINT_STATUS].next_us - first_us), 20 * S,
		"then /status has its own round");
}

static void retries(void)
{
	struct schedule schedule = begun(DRONES);
	int64_t now_us = 10 * S;

	schedule_take(&schedule, 0);
	for (unsigned attempt = 1; attempt <= 3; attempt++) {
		struct attempt_verdict verdict = end(&schedule, DRONES, &timed_out, now_us);
		ok(verdict.retry, "a timeout is retried");
		is_number((double)(schedule_next_us(&schedule) - now_us), attempt * S,
			"after 1, 2, 3 s");
		now_us = schedule_next_us(&schedule);
		is_number(schedule_take(&schedule, now_us), DRONES, "then it is polled");
		now_us += 10 * S;
	}
	struct attempt_verdict verdict = end(&schedule, DRONES, &timed_out, now_us);
	ok(!verdict.retry, "the fourth attempt is the last");
	is_number(verdict.attempts, 4, "four attempts were made");
	is_number(verdict.retry_in_s, 5, "then the kit is left alone");
	is_number(schedule.failures, 1, "which is one failure");

	schedule = begun(DRONES);
	schedule_take(&schedule, 0);
	ok(!end(&schedule, DRONES, &refused, 1).retry, "a refused connection is not retried");
}

static void backoff(void)
{
	static const double waits_s[] = {5, 10, 20, 40, 80, 300, 300};
	struct schedule schedule = begun(ENDPOINT_ALL);
	int64_t now_us = 0;

	for (size_t i = 0; i < ARRAY_SIZE(waits_s); i++) {
		unsigned asked = schedule_take(&schedule, now_us);
		ok(asked & DRONES, "a kit in backoff is polled when the wait is over");
		struct attempt_verdict verdict = end(&schedule, asked, &refused, now_us);
		is_number(verdict.retry_in_s, waits_s[i], "the documented wait");
		is_number((double)(schedule_next_us(&schedule) - now_us), waits_s[i] * 1e6,
			"and it is kept");
		is_number(schedule_take(&schedule, schedule_next_us(&schedule) - 1), 0,
			"to the microsecond");
		now_us = schedule_next_us(&schedule);
	}
	is_number(schedule.failures, ARRAY_SIZE(waits_s), "each cycle is one failure");
	end(&schedule, schedule_take(&schedule, now_us), &answered, now_us + 1);
	is_number(schedule.failures, 0, "an answer ends it");
	int64_t next_us = schedule_next_us(&schedule);
	ok(next_us % (5 * S) == 0, "back to the slots");
	ok(next_us - now_us > 5 * S / 2 && next_us - now_us <= 15 * S / 2,
		"but not to the very next one");
}

static void short_backoff(void)
{
	struct kit_config slow = kit;
	struct schedule schedule = {0};

	slow.poll_interval_s = 60;
	schedule_start(&schedule, &slow, ENDPOINT_ALL, &zero_phase, 0);
	end(&schedule, schedule_take(&schedule, 0), &refused, S);
	is_number((double)schedule_next_us(&schedule), 6 * S,
		"a kit with long intervals is polled again after the backoff");
	is_number(schedule_take(&schedule, 6 * S), ENDPOINT_ALL, "all endpoints");
	end(&schedule, ENDPOINT_ALL, &answered, 6 * S);
	is_number((double)schedule_next_us(&schedule), 30 * S, "then in its slots again");
}

static void one_endpoint_answers(void)
{
	struct schedule schedule = begun(ENDPOINT_ALL);

	schedule_take(&schedule, 0);
	schedule_finish(&schedule, ENDPOINT_DRONES, &refused, 1);
	schedule_finish(&schedule, ENDPOINT_SIGNALS, &refused, 2);
	is_number(schedule_finish(&schedule, ENDPOINT_STATUS, &answered, 3).retry_in_s, 0,
		"a kit with one endpoint that answers is not left alone");
	is_number(schedule.failures, 0, "nor is that a failure");
	is_number((double)schedule_next_us(&schedule), 5 * S, "all continue in their slots");
}

static void suspects(void)
{
	struct schedule schedule = begun(ENDPOINT_ALL);

	schedule_take(&schedule, 0);
	schedule_finish(&schedule, ENDPOINT_DRONES, &refused, S);
	ok(schedule_next_us(&schedule) == SCHEDULE_NEVER,
		"nothing new is sent to a kit that has not answered until all requests have ended");
	schedule_finish(&schedule, ENDPOINT_SIGNALS, &refused, 11 * S);
	schedule_finish(&schedule, ENDPOINT_CONFIG, &refused, 11 * S);
	is_number(schedule_finish(&schedule, ENDPOINT_STATUS, &refused, 12 * S).retry_in_s, 5,
		"then it is left alone");
	is_number((double)schedule_next_us(&schedule), 17 * S, "from then on");
}

static void not_used(void)
{
	const struct attempt_result again = {.answered = true, .again = true};
	struct schedule schedule = begun(STATUS);

	schedule_take(&schedule, 0);
	ok(schedule_finish(&schedule, ENDPOINT_STATUS, &again, S / 10).retry, "asked again");
	is_number((double)schedule_next_us(&schedule), S + S / 10, "in a second");
	is_number(schedule_take(&schedule, S + S / 10), STATUS, "as a new request");
	is_number(schedule_finish(&schedule, ENDPOINT_STATUS, &answered, 2 * S).attempts, 1,
		"whose attempts count from one");
}

static const struct attempt_result limited = {
	.answered = true, .hold_s = 60, .hold_whole_kit = true};

static void retry_after(void)
{
	const struct attempt_result off = {.answered = true, .hold_s = 120};
	struct schedule schedule = begun(ENDPOINT_ALL);

	schedule_take(&schedule, 0);
	schedule_finish(&schedule, ENDPOINT_DRONES, &limited, 0);
	end(&schedule, SIGNALS | STATUS, &answered, 0);
	is_number((double)schedule_next_us(&schedule), 60 * S, "429 holds the whole kit");
	is_number(schedule.failures, 0, "and is not a failure");

	schedule = begun(ENDPOINT_ALL);
	schedule_take(&schedule, 0);
	is_number(schedule_finish(&schedule, ENDPOINT_SIGNALS, &off, 0).retry_in_s, 120,
		"503 holds as long as it requests");
	end(&schedule, DRONES | STATUS, &answered, 0);
	is_number(schedule_take(&schedule, 5 * S), DRONES, "but holds only its endpoint");
}

static void once(void)
{
	struct schedule schedule = begun(ENDPOINT_ALL);

	schedule.once = true;
	schedule_take(&schedule, 0);
	end(&schedule, ENDPOINT_ALL, &refused, 1);
	ok(schedule_next_us(&schedule) == SCHEDULE_NEVER, "--once polls once");
	is_number(schedule.wanted, 0, "and no endpoint is left");
	is_number(schedule.failures, 1, "which is one failure");
}

static void status_first(void)
{
	struct schedule schedule = begun(STATUS);

	is_number(schedule_take(&schedule, 0), STATUS, "/status alone is polled first");
	schedule_add_all(&schedule, S / 10);
	schedule_finish(&schedule, ENDPOINT_STATUS, &answered, S / 10);
	is_number((double)schedule_next_us(&schedule), S / 10, "the rest is due at once");
	is_number(schedule_take(&schedule, S / 10), ENDPOINT_ALL & ~STATUS, "all endpoints");
	end(&schedule, ENDPOINT_ALL & ~STATUS, &answered, S / 5);
	is_number((double)schedule_next_us(&schedule), 5 * S, "then in the slots");
	is_number((double)schedule.skipped, 0, "none of which was skipped");

	schedule = begun(STATUS);
	schedule_take(&schedule, 0);
	schedule_add_all(&schedule, S);
	schedule_finish(&schedule, ENDPOINT_STATUS, &refused, S);
	is_number((double)schedule_next_us(&schedule), 6 * S, "a kit that is down is left alone");
	is_number(schedule_take(&schedule, 6 * S), ENDPOINT_ALL, "then everything is polled");

	schedule = begun(STATUS);
	schedule_take(&schedule, 0);
	schedule_add_all(&schedule, 10 * S);
	ok(schedule_finish(&schedule, ENDPOINT_STATUS, &timed_out, 10 * S).retry, "a retry");
	is_number(schedule_take(&schedule, 10 * S), ENDPOINT_ALL & ~STATUS,
		"does not delay the others");

	schedule = begun(STATUS);
	schedule.once = true;
	schedule_take(&schedule, 0);
	schedule_add_all(&schedule, 1);
	schedule_finish(&schedule, ENDPOINT_STATUS, &refused, 1);
	is_number(schedule.failures, 0, "--once: the cycle goes on after a failure");
	end(&schedule, schedule_take(&schedule, 1), &refused, 2);
	is_number(schedule.failures, 1, "and is one failure in the end");
	ok(schedule_next_us(&schedule) == SCHEDULE_NEVER, "nothing is polled twice");

	schedule = begun(STATUS);
	schedule.once = true;
	schedule_take(&schedule, 0);
	schedule_add_all(&schedule, 1);
	is_number(schedule_finish(&schedule, ENDPOINT_STATUS, &limited, 1).retry_in_s, 60,
		"--once reports Retry-After");
	is_number((double)schedule_next_us(&schedule), 1, "and does not wait for it");
}

int main(void)
{
	slots();
	overlap();
	phases();
	steps();
	places();
	retries();
	backoff();
	short_backoff();
	one_endpoint_answers();
	suspects();
	not_used();
	retry_after();
	once();
	status_first();
	return tap_done();
}
