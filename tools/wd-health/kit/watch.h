/* The state of one kit, derived from its replies. Pure: all times come from the lines.
 *
 *   unknown   configured, no reply yet
 *   online    the latest reply of some endpoint is good (of /drones or /signals, if they are
 *             polled), and no later reply indicates that the kit is unreachable
 *   offline   the latest reply indicates that the kit is unreachable
 *   error     the kit answers, but nothing of it is usable
 *   stale     no good reply for the threshold, and no reply that indicates offline or error */
#ifndef WD_HEALTH_WATCH_H
#define WD_HEALTH_WATCH_H

#include "common/record/endpoint.h"
#include "common/time/clock.h"

/* A time that never comes. */
#define WATCH_NEVER INT64_MAX

enum watch_state {
	WATCH_UNKNOWN,
	WATCH_ONLINE,
	WATCH_OFFLINE,
	WATCH_ERROR,
	WATCH_STALE,
	WATCH_STATES
};

/* Return the name of a state in records, reports and the table `kits`. */
const char *watch_state_name(enum watch_state state);

/* An endpoint that is not in the table. */
#define ENDPOINT_OTHER  ENDPOINT_COUNT
#define WATCH_ENDPOINTS (ENDPOINT_COUNT + 1)

/* What a reply shows about its kit. */
enum outcome {
	OUTCOME_GOOD,        /* a usable answer */
	OUTCOME_UNUSABLE,    /* an answer that cannot be used */
	OUTCOME_UNREACHABLE, /* no answer, or only a part of one */
	OUTCOME_NEUTRAL,     /* "not now" (429): nothing about the kit's health */
	OUTCOME_LINK,        /* our connection to the broker is lost: nothing about the kit */
};

/* Return the outcome of a reply: its `ok`, else its `error` code (wd-record(5)). An unknown code
 * means an answer that cannot be used. */
enum outcome watch_outcome(bool is_ok, const char *error);

/* Return whether a dead network between us and the kit causes this error, too. */
bool watch_is_link_error(const char *error);

/* Zero-initialise for a kit that has just become known. A time of 0 means never. */
struct watch {
	enum watch_state state;
	clock_us since;     /* when it entered this state */
	clock_us first;     /* the first reply of any kind */
	clock_us last_seen; /* the last good reply; never goes back */
	clock_us last_good; /* the last good reply that makes the kit online, for the threshold */
	clock_us latest;    /* the latest reply with an outcome that is not neutral */
	bool unreachable;   /* that one indicated that the kit is unreachable */
	struct {
		clock_us time;    /* the endpoint's latest reply */
		bool is_good;     /* it was good, and none since indicates an unreachable kit */
		bool is_unusable; /* likewise */
		bool is_polled;   /* it has answered a poll, or failed to; MQTT does not count */
	} endpoints[WATCH_ENDPOINTS];
};

/* A reply, as far as the state depends on it. */
struct watch_reply {
	enum endpoint endpoint;
	enum outcome outcome;
	clock_us time;
	bool is_mqtt;
};

/* Process a reply. Return false, with nothing changed, for one that is not newer than the
 * latest of its endpoint: it was seen before, or was overtaken. `*changed` tells whether the
 * state changed. */
bool watch_add_reply(struct watch *watch, const struct watch_reply *reply, bool *changed);

/* Return when the kit becomes stale without further replies, or WATCH_NEVER. `threshold_us` is how
 * long a kit may be without a good reply. */
clock_us watch_stale_at(const struct watch *watch, int64_t threshold_us);

/* Note that this time has come. */
void watch_expire(struct watch *watch, clock_us time);

/* The time of the stream was set back to `time`: replies from then on are newer than all others. */
void watch_set_back(struct watch *watch, clock_us time);

#endif
