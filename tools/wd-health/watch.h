/* The state of one kit, as its replies tell it. Pure: all times come from the lines.
 *
 *   unknown   configured, no reply yet
 *   online    some endpoint's latest reply is good, and none since says "cannot be reached"
 *   offline   the latest reply says that the kit cannot be reached
 *   error     it answers, but with nothing usable on any endpoint
 *   stale     no good reply for the threshold, and nothing that says offline or error */
#ifndef WD_HEALTH_WATCH_H
#define WD_HEALTH_WATCH_H

#include "common/clock.h"

/* A time that does not come. */
#define WATCH_NEVER INT64_MAX

enum watch_state {
	WATCH_UNKNOWN,
	WATCH_ONLINE,
	WATCH_OFFLINE,
	WATCH_ERROR,
	WATCH_STALE,
	WATCH_STATES
};

/* What a state is called in records, reports and the table `kits`. */
const char *watch_state_name(enum watch_state state);

enum watch_endpoint {
	WATCH_DRONES,
	WATCH_SIGNALS,
	WATCH_STATUS,
	WATCH_OTHER,
	WATCH_ENDPOINTS
};

/* What one reply says of the kit that it came from. */
enum watch_outcome {
	WATCH_GOOD,        /* a usable answer */
	WATCH_USELESS,     /* an answer that cannot be used */
	WATCH_UNREACHABLE, /* no answer, or only a part of one */
	WATCH_LIMITED,     /* "not now" (429): says nothing of the kit's health */
};

/* The outcome of a reply: its `ok`, else its `error` code (design: "Lines on the pipe"). An unknown
 * code is an answer that cannot be used. */
enum watch_outcome watch_outcome_of(bool is_ok, const char *error);

/* Whether the code is one that a dead network between us and the kit gives, too. */
bool watch_error_is_of_link(const char *error);

/* Zero-initialise for a kit that has just become known. A time of 0 is "never". */
struct watch {
	enum watch_state state;
	clock_us since;     /* when it came into this state */
	clock_us first;     /* the first reply of any kind */
	clock_us last_seen; /* the last good reply, and nothing else; never goes back */
	clock_us last_good; /* the same, but set back where the time of the stream is */
	clock_us judged;    /* the latest reply that says something of the kit's health */
	bool out_of_reach;  /* that one said "cannot be reached" */
	struct {
		clock_us time; /* the endpoint's latest reply */
		bool good;     /* it was good, and nothing since says "cannot be reached" */
	} endpoints[WATCH_ENDPOINTS];
};

/* Takes a reply in. False, and nothing is changed, for one that is not newer than what is known of
 * its endpoint: it was seen before, or was overtaken. `*changed` says that the state is a new one.
 */
bool watch_reply(struct watch *watch, enum watch_endpoint endpoint, enum watch_outcome outcome,
	clock_us time, bool *changed);

/* When silence alone will change the state, or WATCH_NEVER. `threshold_us` is how long a kit may be
 * without a good reply. */
clock_us watch_silent_at(const struct watch *watch, int64_t threshold_us);

/* That time has come. */
void watch_silent(struct watch *watch, clock_us time);

/* The time of the stream was set back to `time`: replies from then on are newer than all that is
 * known. */
void watch_set_back(struct watch *watch, clock_us time);

#endif
