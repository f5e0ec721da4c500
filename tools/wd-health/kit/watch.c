/* The state of one kit, derived from its replies. */
#include "tools/wd-health/kit/watch.h"

#include "common/record/reply_error.h"

enum trigger {
	TRIGGER_GOOD,     /* a usable answer */
	TRIGGER_PARTLY,   /* an unusable one, while another endpoint's latest is good */
	TRIGGER_UNUSABLE, /* no endpoint that counts is usable */
	TRIGGER_STATUS,   /* good, but detections are polled and have not been answered yet */
	TRIGGER_NO_ANSWER,
	TRIGGER_SILENCE, /* the threshold has passed without a good reply */
	TRIGGERS
};

#define UNKNOWN WATCH_UNKNOWN
#define ONLINE  WATCH_ONLINE
#define OFFLINE WATCH_OFFLINE
#define ERROR   WATCH_ERROR
#define STALE   WATCH_STALE

/* clang-format off */
static const enum watch_state next_state[WATCH_STATES][TRIGGERS] = {
	/*            GOOD    PARTLY  UNUSABLE STATUS   NO_ANSWER SILENCE */
	[UNKNOWN] = { ONLINE, ONLINE, ERROR,   UNKNOWN, OFFLINE,  STALE   },
	[ONLINE]  = { ONLINE, ONLINE, ERROR,   ONLINE,  OFFLINE,  STALE   },
	[OFFLINE] = { ONLINE, ONLINE, ERROR,   OFFLINE, OFFLINE,  OFFLINE },
	[ERROR]   = { ONLINE, ONLINE, ERROR,   ERROR,   OFFLINE,  ERROR   },
	[STALE]   = { ONLINE, STALE,  ERROR,   STALE,   OFFLINE,  STALE   },
};
/* clang-format on */

static const char *const state_names[WATCH_STATES] = {
	[UNKNOWN] = "unknown",
	[ONLINE] = "online",
	[OFFLINE] = "offline",
	[ERROR] = "error",
	[STALE] = "stale",
};

const char *watch_state_name(enum watch_state state)
{
	return state_names[state];
}

enum outcome watch_outcome(bool is_ok, const char *error)
{
	if (is_ok)
		return OUTCOME_GOOD;
	enum reply_error code = reply_error_parse(span_of(error));
	if (code == REPLY_ERROR_COUNT)
		return OUTCOME_UNUSABLE;
	const struct reply_error_info *info = &reply_error_table[code];
	if (info->is_neutral)
		return info->is_link_failure ? OUTCOME_LINK : OUTCOME_NEUTRAL;
	return info->answered ? OUTCOME_UNUSABLE : OUTCOME_UNREACHABLE;
}

bool watch_is_link_error(const char *error)
{
	enum reply_error code = reply_error_parse(span_of(error));

	return code != REPLY_ERROR_COUNT && reply_error_table[code].is_link_failure;
}

static bool enter(struct watch *watch, enum trigger trigger, clock_us time)
{
	enum watch_state before = watch->state;

	watch->state = next_state[before][trigger];
	if (watch->state == before)
		return false;
	watch->since = time;
	return true;
}

static bool is_detection(size_t endpoint)
{
	return endpoint < ENDPOINT_COUNT && endpoint_table[endpoint].is_detection;
}

/* Return whether /drones or /signals are polled: then only they make the kit online. */
static bool polls_detections(const struct watch *watch)
{
	for (size_t i = 0; i < WATCH_ENDPOINTS; i++) {
		if (is_detection(i) && watch->endpoints[i].is_polled)
			return true;
	}
	return false;
}

/* Return whether the endpoint counts for the state. */
static bool counts(const struct watch *watch, size_t endpoint)
{
	return is_detection(endpoint) || !polls_detections(watch);
}

/* The kit is unreachable: earlier replies no longer count. */
static void clear_replies(struct watch *watch, clock_us time)
{
	for (size_t i = 0; i < WATCH_ENDPOINTS; i++) {
		if (watch->endpoints[i].time > time)
			continue;
		watch->endpoints[i].is_good = false;
		watch->endpoints[i].is_unusable = false;
	}
}

/* A reply that another endpoint's has overtaken counts for its own endpoint only. */
static void record(struct watch *watch, const struct watch_reply *reply)
{
	bool is_good = reply->outcome == OUTCOME_GOOD;
	bool is_latest = reply->time >= watch->latest;
	bool is_overruled = !is_latest && watch->unreachable;

	watch->endpoints[reply->endpoint].is_polled |= !reply->is_mqtt;
	watch->endpoints[reply->endpoint].is_good = is_good && !is_overruled;
	watch->endpoints[reply->endpoint].is_unusable = reply->outcome == OUTCOME_UNUSABLE;
	if (is_good && reply->time > watch->last_seen)
		watch->last_seen = reply->time;
	if (is_good && counts(watch, reply->endpoint) && reply->time > watch->last_good)
		watch->last_good = reply->time;
	if (reply->outcome == OUTCOME_UNREACHABLE)
		clear_replies(watch, reply->time);
	if (is_latest) {
		watch->latest = reply->time;
		watch->unreachable = reply->outcome == OUTCOME_UNREACHABLE;
	}
}

static enum trigger trigger_of(const struct watch *watch, enum outcome outcome)
{
	bool any_unusable = false;

	if (watch->unreachable)
		return TRIGGER_NO_ANSWER;
	for (size_t i = 0; i < WATCH_ENDPOINTS; i++) {
		if (!counts(watch, i))
			continue;
		if (watch->endpoints[i].is_good)
			return outcome == OUTCOME_GOOD ? TRIGGER_GOOD : TRIGGER_PARTLY;
		any_unusable |= watch->endpoints[i].is_unusable;
	}
	return any_unusable || outcome != OUTCOME_GOOD ? TRIGGER_UNUSABLE : TRIGGER_STATUS;
}

bool watch_add_reply(struct watch *watch, const struct watch_reply *reply, bool *changed)
{
	*changed = false;
	if (watch->first && reply->time <= watch->endpoints[reply->endpoint].time)
		return false;
	if (!watch->first)
		watch->first = reply->time;
	watch->endpoints[reply->endpoint].time = reply->time;
	if (reply->outcome == OUTCOME_NEUTRAL || reply->outcome == OUTCOME_LINK)
		return true;
	record(watch, reply);
	*changed = enter(watch, trigger_of(watch, reply->outcome), reply->time);
	return true;
}

clock_us watch_stale_at(const struct watch *watch, int64_t threshold_us)
{
	if (!watch->first || next_state[watch->state][TRIGGER_SILENCE] == watch->state)
		return WATCH_NEVER;
	return (watch->last_good ? watch->last_good : watch->first) + threshold_us;
}

void watch_expire(struct watch *watch, clock_us time)
{
	enter(watch, TRIGGER_SILENCE, time);
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
	set_back(&watch->latest, time);
	for (size_t i = 0; i < WATCH_ENDPOINTS; i++)
		set_back(&watch->endpoints[i].time, time);
}
