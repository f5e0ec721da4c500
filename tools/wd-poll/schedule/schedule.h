/* When a kit is asked for what: slots at a fixed rate, retries, and how long it is left alone.
 * Pure: every time is the caller's, in microseconds on the monotonic clock. */
#ifndef WD_POLL_SCHEDULE_H
#define WD_POLL_SCHEDULE_H

#include "common/clock.h"
#include "common/kits/kit.h"

#define SCHEDULE_NEVER INT64_MAX

/* Endpoints as a set. */
#define ENDPOINT_BIT(endpoint) (1u << (endpoint))
#define ENDPOINT_ALL           (ENDPOINT_BIT(ENDPOINT_COUNT) - 1)

/* Where a kit's slots lie: those of an endpoint are one of these + k × its interval. */
struct schedule_phase {
	int64_t poll_us; /* of /drones and /signals */
	int64_t status_us;
};

struct endpoint_schedule {
	int64_t anchor_us, interval_us;
	int64_t next_us;   /* the next slot */
	int64_t retry_us;  /* the next try of what is under way */
	unsigned attempts; /* tries of the request under way; 0: none is */
	bool busy;         /* a try is in flight; false with attempts > 0: waits for the next */
};

/* A cycle begins with the first request while none is under way and ends when none is any more. */
struct schedule {
	const struct kit_config *kit; /* the policy */
	struct schedule_phase phase;
	struct endpoint_schedule endpoints[ENDPOINT_COUNT];
	unsigned wanted; /* what is asked at all: a set */
	bool once;       /* each endpoint leaves `wanted` when it is done */
	int64_t held_until_us;
	unsigned failures;         /* cycles in a row in which no endpoint answered */
	bool answered, unanswered; /* some endpoint did, or did not, in this cycle */
	uint64_t skipped;          /* slots that passed unused */
};

/* How a try ended. */
struct attempt_result {
	bool answered;       /* there was an HTTP answer, of whatever kind */
	bool timed_out;      /* not answered, but worth another try at once */
	double hold_s;       /* what Retry-After asks for; 0: nothing */
	bool hold_whole_kit; /* it is meant for all endpoints */
};

struct attempt_verdict {
	bool again;        /* it will be tried again: this was not the end of the request */
	unsigned attempts; /* tries so far */
	double retry_in_s; /* how long the kit or the endpoint is now left alone; 0: not at all */
};

/* The first kits begin at this many places of their interval, or at more, so that two neighbours
 * are no further apart than that; those that follow them also halfway between. What falls together
 * is asked together: to wake all programs of a pipeline costs as much as a reply does. With a
 * thousand kits it is so much that whoever comes last would wait: hence the places between. */
#define SCHEDULE_PHASES      10
#define SCHEDULE_STEP_MAX_US (CLOCK_SECOND_US / 2)
#define SCHEDULE_FEW_KITS    100

/* The place of the `index`-th kit in its interval, 0 <= place < interval_us. Multiples of the
 * golden ratio, rounded down to one of those places: evenly spread for any number of kits, so that
 * one more moves no other (D. Knuth, The Art of Computer Programming 3, 6.4, theorem S). */
int64_t schedule_phase_us(uint64_t index, int64_t interval_us);

/* The place of the `index`-th kit when counting begins at `start_us`. /status is asked together
 * with the others, but not by all kits in the same round. */
struct schedule_phase schedule_phase(
	int64_t start_us, uint64_t index, const struct kit_config *kit);

/* Starts the schedule: endpoints of `wanted` have their first slot at or after `now_us`, /status
 * with the others. Where `wanted` is /status alone it is asked at the kit's poll interval. */
void schedule_start(struct schedule *schedule, const struct kit_config *kit, unsigned wanted,
	struct schedule_phase phase, int64_t now_us);

/* The endpoints to ask now; they count as asked. */
unsigned schedule_take(struct schedule *schedule, int64_t now_us);

/* When due_take() will have something; DUE_NEVER while that depends on a request in flight. */
int64_t schedule_next_us(const struct schedule *schedule);

/* A try that due_take() asked for is over. */
struct attempt_verdict schedule_finish(struct schedule *schedule, enum endpoint endpoint,
	const struct attempt_result *result, int64_t now_us);

/* Whether nothing is under way. */
bool schedule_idle(const struct schedule *schedule);

#endif
