/* When the endpoints of a kit are polled: slots at a fixed rate, retries, and backoff. Pure: the
 * caller passes all times, in microseconds of the monotonic clock. */
#ifndef WD_POLL_SCHEDULE_H
#define WD_POLL_SCHEDULE_H

#include "common/kits/kit.h"
#include "common/time/clock.h"

#define SCHEDULE_NEVER INT64_MAX

/* Sets of endpoints. */
#define ENDPOINT_BIT(endpoint) (1u << (endpoint))
#define ENDPOINT_ALL           (ENDPOINT_BIT(ENDPOINT_COUNT) - 1)

/* The slots of an endpoint are at the phase of its interval class + k × the interval. */
struct schedule_phase {
	int64_t at_us[ENDPOINT_INTERVAL_COUNT];
};

struct endpoint_schedule {
	int64_t anchor_us, interval_us;
	int64_t next_us;   /* the next slot */
	int64_t retry_us;  /* when to retry the current request */
	unsigned attempts; /* of the current request; 0: no request */
	bool busy; /* an attempt is in flight; false with attempts > 0: waits for retry_us */
};

/* A cycle begins with the first request after an idle time and ends when no request is current. */
struct schedule {
	const struct kit_config *kit; /* the intervals and the retry policy */
	struct endpoint_schedule endpoints[ENDPOINT_COUNT];
	unsigned wanted; /* the endpoints that are polled: a set */
	bool once;       /* an endpoint leaves `wanted` when its request is finished */
	int64_t held_until_us;
	unsigned failures;         /* consecutive cycles in which no endpoint answered */
	bool answered, unanswered; /* in this cycle, an endpoint has answered; has not answered */
	uint64_t skipped;          /* slots that passed unused */
};

/* How an attempt ended. */
struct attempt_result {
	bool answered;       /* with any HTTP status */
	bool timed_out;      /* not answered, but worth a retry */
	double hold_s;       /* Retry-After; 0: none */
	bool hold_whole_kit; /* it is meant for all endpoints */
	bool again;          /* the result is not used: ask again soon */
};

struct attempt_verdict {
	bool retry;        /* there will be another attempt, whose result counts */
	unsigned attempts; /* so far */
	double retry_in_s; /* how long the kit or the endpoint is left alone from now on; 0: not */
};

/* The phases of the first SCHEDULE_FEW_KITS kits are multiples of a tenth of the interval, or of
 * half a second if that is shorter; those of further kits are multiples of half of that. Kits with
 * equal phases are polled together, because waking all programs of a pipeline costs as much as a
 * reply. With a thousand kits the groups would be so large that the last of them is late: hence
 * the steps between. */
#define SCHEDULE_PHASES      10
#define SCHEDULE_STEP_MAX_US (CLOCK_SECOND_US / 2)
#define SCHEDULE_FEW_KITS    100

/* Return the phase of the `index`-th kit, 0 <= phase < interval_us: a multiple of the golden ratio,
 * rounded down to one of those steps. They are spread evenly for any number of kits, and another
 * kit moves none (D. Knuth, The Art of Computer Programming 3, 6.4, theorem S). */
int64_t schedule_phase_us(uint64_t index, int64_t interval_us);

/* Return the phases of the `index`-th kit, counted from `start_us`. Slots of the longer intervals
 * coincide with slots of the poll interval, but in different rounds for different kits. */
struct schedule_phase schedule_phase(
	int64_t start_us, uint64_t index, const struct kit_config *kit);

/* Start the schedule: the endpoints of `wanted` are due in the first slot of the poll interval at
 * or after `now_us`. */
void schedule_start(struct schedule *schedule, const struct kit_config *kit, unsigned wanted,
	const struct schedule_phase *phase, int64_t now_us);

/* Add all endpoints that are not wanted yet; they are due at once. */
void schedule_add_all(struct schedule *schedule, int64_t now_us);

/* Return the endpoints to poll now, and count them as in flight. */
unsigned schedule_take(struct schedule *schedule, int64_t now_us);

/* Return when schedule_take() returns something; SCHEDULE_NEVER while that depends on an attempt in
 * flight. */
int64_t schedule_next_us(const struct schedule *schedule);

/* Handle the end of an attempt that schedule_take() started. */
struct attempt_verdict schedule_finish(struct schedule *schedule, enum endpoint endpoint,
	const struct attempt_result *result, int64_t now_us);

/* Return whether no request is current. */
bool schedule_idle(const struct schedule *schedule);

#endif
