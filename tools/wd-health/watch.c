/* The state of one kit, as its replies tell it. */
#include "tools/wd-health/watch.h"

#include "common/array.h"

enum event {
	ANSWER_GOOD,    /* a usable answer */
	ANSWER_PARTLY,  /* a useless one, while another endpoint's latest is good */
	ANSWER_USELESS, /* a useless one, and no endpoint's latest is good */
	NO_ANSWER,      /* cannot be reached */
	SILENCE,        /* the threshold has passed without a good reply */
	EVENTS
};

#define UNKNOWN WATCH_UNKNOWN
#define ONLINE  WATCH_ONLINE
#define OFFLINE WATCH_OFFLINE
#define ERROR   WATCH_ERROR
#define STALE   WATCH_STALE

/* clang-format off */
static const enum watch_state next_state[WATCH_STATES][EVENTS] = {
	/*            ANSWER_GOOD  ANSWER_PARTLY  ANSWER_USELESS  NO_ANSWER  SILENCE */
	[UNKNOWN] = { ONLINE,      ONLINE,        ERROR,          OFFLINE,   STALE   },
	[ONLINE]  = { ONLINE,      ONLINE,        ERROR,          OFFLINE,   STALE   },
	[OFFLINE] = { ONLINE,      ONLINE,        ERROR,          OFFLINE,   OFFLINE },
	[ERROR]   = { ONLINE,      ONLINE,        ERROR,          OFFLINE,   ERROR   },
	[STALE]   = { ONLINE,      STALE,         ERROR,          OFFLINE,   STALE   },
};
/* clang-format on */

static const char *const state_names[WATCH_STATES] = {
	[UNKNOWN] = "unknown",
	[ONLINE] = "online",
	[OFFLINE] = "offline",
	[ERROR] = "error",
	[STALE] = "stale",
};

static const struct {
	const char *code;
	enum watch_outcome outcome;
	bool of_link;
} errors[] = {
	{"resolve", WATCH_UNREACHABLE, true},
	{"connect", WATCH_UNREACHABLE, true},
	{"timeout", WATCH_UNREACHABLE, true},
	{"tls", WATCH_UNREACHABLE, false},
	{"slow", WATCH_UNREACHABLE, false},
	{"truncated", WATCH_UNREACHABLE, false},
	{"rate_limited", WATCH_LIMITED, false},
};

const char *watch_state_name(enum watch_state state)
{
	return state_names[state];
}

enum watch_outcome watch_outcome_of(bool is_ok, const char *error)
{
	if (is_ok)
		return WATCH_GOOD;
	for (size_t i = 0; i < ARRAY_SIZE(errors); i++) {
		if (strcmp(errors[i].code, error) == 0)
			return errors[i].outcome;
	}
	return WATCH_USELESS;
}

bool watch_error_is_of_link(const char *error)
{
	for (size_t i = 0; i < ARRAY_SIZE(errors); i++) {
		if (strcmp(errors[i].code, error) == 0)
			return errors[i].of_link;
	}
	return false;
}

static bool enter(struct watch *watch, enum event event, clock_us time)
{
	enum watch_state before = watch->state;

	watch->state = next_state[before][event];
	if (watch->state == before)
		return false;
	watch->since = time;
	return true;
}

/* Out of reach: what the endpoints said until then counts no more. */
static void forget_good(struct watch *watch, clock_us time)
{
	for (size_t i = 0; i < WATCH_ENDPOINTS; i++) {
		if (watch->endpoints[i].time <= time)
			watch->endpoints[i].good = false;
	}
}

static bool any_good(const struct watch *watch)
{
	for (size_t i = 0; i < WATCH_ENDPOINTS; i++) {
		if (watch->endpoints[i].good)
			return true;
	}
	return false;
}

/* A reply that another endpoint's has overtaken counts for its own endpoint, and cannot bring back
 * what a later one has taken away. */
static void remember(struct watch *watch, enum watch_endpoint endpoint, enum watch_outcome outcome,
	clock_us time)
{
	bool latest = time >= watch->judged;
	bool overruled = !latest && watch->out_of_reach;

	watch->endpoints[endpoint].good = outcome == WATCH_GOOD && !overruled;
	if (outcome == WATCH_GOOD && time > watch->last_good)
		watch->last_good = time;
	if (watch->last_good > watch->last_seen)
		watch->last_seen = watch->last_good;
	if (outcome == WATCH_UNREACHABLE)
		forget_good(watch, time);
	if (latest) {
		watch->judged = time;
		watch->out_of_reach = outcome == WATCH_UNREACHABLE;
	}
}

static enum event event_of(const struct watch *watch, enum watch_outcome outcome)
{
	if (watch->out_of_reach)
		return NO_ANSWER;
	if (!any_good(watch))
		return ANSWER_USELESS;
	return outcome == WATCH_GOOD ? ANSWER_GOOD : ANSWER_PARTLY;
}

bool watch_reply(struct watch *watch, enum watch_endpoint endpoint, enum watch_outcome outcome,
	clock_us time, bool *changed)
{
	*changed = false;
	if (watch->first && time <= watch->endpoints[endpoint].time)
		return false;
	if (!watch->first)
		watch->first = time;
	watch->endpoints[endpoint].time = time;
	if (outcome == WATCH_LIMITED)
		return true;
	remember(watch, endpoint, outcome, time);
	*changed = enter(watch, event_of(watch, outcome), time);
	return true;
}

clock_us watch_silent_at(const struct watch *watch, int64_t threshold_us)
{
	if (!watch->first || next_state[watch->state][SILENCE] == watch->state)
		return WATCH_NEVER;
	return (watch->last_good ? watch->last_good : watch->first) + threshold_us;
}

void watch_silent(struct watch *watch, clock_us time)
{
	enter(watch, SILENCE, time);
}

static void set_back(clock_us *known, clock_us time)
{
	if (*known >= time)
		*known = time - 1;
}

void watch_set_back(struct watch *watch, clock_us time)
{
	set_back(&watch->since, time);
	set_back(&watch->first, time);
	set_back(&watch->last_good, time);
	set_back(&watch->judged, time);
	for (size_t i = 0; i < WATCH_ENDPOINTS; i++)
		set_back(&watch->endpoints[i].time, time);
}
