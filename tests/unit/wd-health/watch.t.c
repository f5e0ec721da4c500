/* The state of a kit, by sequences of events. A sequence is words `SECOND:WHAT`:
 *   d s t      a good reply of /drones, /signals, /status
 *   d- s- t-   an query that cannot be used (not_json, http)
 *   d! s! t!   no query (connect)
 *   d~ s~ t~   "not now" (429)
 *   .          only time passes
 * and after each word the state must be the one that the case names, by its first letter. */
#include "tools/wd-health/kit/watch.h"
#include "common/base/array.h"
#include "tests/unit/tap.h"

#include <stdlib.h>

#define THRESHOLD_US (60 * CLOCK_SECOND_US)

static const clock_us start = INT64_C(1795456769) * CLOCK_SECOND_US;

static const struct {
	const char *name;
	const char *events;
	const char *states; /* u(nknown) n: online, f: offline, e(rror) s(tale) */
} cases[] = {
	{"a kit that is never asked", "0:. 100:. 100000:.", "uuu"},
	{"a kit that never answers", "0:d! 5:d! 15:d! 35:d! 335:d! 400:.", "ffffff"},
	{"a kit that answers", "0:d 1:s 5:d 30:t 60:d", "nnnnn"},
	{"down and back", "0:d 5:d! 5:s! 10:d! 30:d 31:s", "nfffnn"},
	{"back with another endpoint first", "0:d 5:d! 30:t 31:s", "nffn"},
	{"garbage from all endpoints", "0:d- 1:s- 2:t-", "eee"},
	{"garbage in a good kit", "0:d 0:s 5:d- 5:s- 10:d 11:s-", "nnnenn"},
	{"unusable detections while the status is good", "0:t 5:d- 5:s- 30:t-", "neee"},
	{"down, then garbage: what was good before counts no more", "0:t 5:d! 10:s-", "nfe"},
	{"garbage, then down", "0:d- 5:d!", "ef"},
	{"/signals switched off for ever", "0:d 1:s- 5:d 6:s- 3600:d 3601:s- 3605:d 3606:s-",
		"nnnnnnnn"},
	{"/drones fails for ever, the status is good", "0:t 5:d- 30:t 35:d- 60:t 65:d", "neeeen"},
	{"rate limited at once: no other reply", "0:d~ 5:s~ 59:d~", "uuu"},
	{"rate limited for an hour", "0:d 5:d~ 30:d~ 59:s~ 60:. 65:d~ 3600:d~ 3605:d", "nnnnsssn"},
	{"rate limited since the first reply", "0:d~ 59:. 60:. 3600:d~", "uuss"},
	{"rate limited while offline", "0:d! 5:d~ 100:.", "fff"},
	{"rate limited after garbage", "0:d- 5:d~ 100:.", "eee"},
	{"the poller is dead", "0:d 1:s 60:. 61:. 3600:. 86400:.", "nnnsss"},
	{"the poller is dead while the kit is offline", "0:d 5:d! 3600:.", "nff"},
	{"the poller is dead while the kit errs", "0:d- 3600:.", "ee"},
	{"stale, then good", "0:d 60:. 100:d", "nsn"},
	{"stale, then not reached", "0:d 60:. 100:d!", "nsf"},
	{"stale, then garbage from one endpoint of two", "0:d 0:s 61:. 100:d- 101:s-", "nnsse"},
	{"exactly the threshold", "0:d 59:. 60:.", "nns"},
	{"only /status answers after an outage", "0:d 5:d! 6:t 7:d- 8:s-", "nffee"},
	{"only /status is polled", "0:t 30:t 60:t 125:.", "nnns"},
	{"/status keeps no kit online whose detections are polled", "0:d 30:t 59:t 60:.", "nnns"},
	{"an outage that only /status has survived", "0:d 5:d! 35:t 65:t 70:d", "nfffn"},
	/* Out of order: the later reply is the one that counts. */
	{"a good reply overtaken by a failure", "10:d! 5:s 11:s!", "fff"},
	{"a failure overtaken by a good reply", "10:d 5:s! 15:d", "nnn"},
	{"garbage overtaken by a good reply", "10:d 5:s- 6:t-", "nnn"},
	{"a good reply overtaken by garbage", "10:d- 5:s", "en"},
	{"the same times: what comes later counts", "5:d 5:s! 5:t", "nff"},
	{"the same times, then garbage", "5:d 5:s! 6:t-", "nfe"},
	/* Replayed: what was seen before changes nothing. */
	{"seen before, good", "0:d 5:d! 0:d 5:d!", "nfff"},
	{"seen before, bad", "0:d! 5:d 0:d! 5:d", "fnnn"},
	{"seen before, stale", "0:d 61:. 0:d", "nss"},
};

static bool add(struct watch *watch, enum endpoint endpoint, enum outcome outcome, clock_us time,
	bool *changed)
{
	return watch_add_reply(
		watch, &(struct watch_reply){endpoint, outcome, time, false}, changed);
}

static const char letters[] = "unfes";

static enum outcome outcome_of(char mark)
{
	switch (mark) {
	case '-':
		return OUTCOME_UNUSABLE;
	case '!':
		return OUTCOME_UNREACHABLE;
	case '~':
		return OUTCOME_NEUTRAL;
	default:
		return OUTCOME_GOOD;
	}
}

/* One word; returns the rest. */
static const char *play(struct watch *watch, const char *word, char *state)
{
	static const char endpoints[] = "dst";
	char *at;
	clock_us time = start + strtol(word, &at, 10) * CLOCK_SECOND_US;
	bool changed;

	const char *endpoint = strchr(endpoints, at[1]);
	/* An old line does not set the clock back: only the latest time makes kits stale. */
	if (watch_stale_at(watch, THRESHOLD_US) <= time)
		watch_expire(watch, watch_stale_at(watch, THRESHOLD_US));
	if (endpoint)
		add(watch, (enum endpoint)(endpoint - endpoints), outcome_of(at[2]), time,
			&changed);
	*state = letters[watch->state];
	return at + strcspn(at, " ") + (at[strcspn(at, " ")] == ' ');
}

static void sequences(void)
{
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct watch watch = {0};
		char states[32] = "";
		size_t count = 0;
		for (const char *at = cases[i].events; *at;)
			at = play(&watch, at, &states[count++]);
		is_text(states, cases[i].states, cases[i].name);
	}
}

static void last_seen(void)
{
	struct watch watch = {0};
	bool changed;

	add(&watch, ENDPOINT_DRONES, OUTCOME_UNREACHABLE, start, &changed);
	is_number((double)watch.last_seen, 0, "a failure is not a sight of the kit");
	ok(changed && watch.since == start, "the change has the reply's time");
	add(&watch, ENDPOINT_DRONES, OUTCOME_GOOD, start + 10, &changed);
	is_number((double)watch.last_seen, (double)start + 10, "a good reply is");
	ok(add(&watch, ENDPOINT_STATUS, OUTCOME_GOOD, start + 5, &changed) && !changed,
		"another endpoint's older reply is taken");
	is_number((double)watch.last_seen, (double)start + 10, "but last_seen does not go back");
	ok(!add(&watch, ENDPOINT_DRONES, OUTCOME_GOOD, start + 10, &changed),
		"the same reply again is refused");
	add(&watch, ENDPOINT_DRONES, OUTCOME_NEUTRAL, start + 20, &changed);
	add(&watch, ENDPOINT_DRONES, OUTCOME_UNUSABLE, start + 30, &changed);
	is_number((double)watch.last_seen, (double)start + 10, "only good replies count");
}

static void set_back(void)
{
	struct watch watch = {0};
	clock_us earlier = start - CLOCK_DAY_US;
	bool changed;

	add(&watch, ENDPOINT_DRONES, OUTCOME_GOOD, start, &changed);
	ok(!add(&watch, ENDPOINT_DRONES, OUTCOME_UNREACHABLE, earlier, &changed),
		"an older reply is refused");
	watch_set_back(&watch, earlier);
	ok(add(&watch, ENDPOINT_DRONES, OUTCOME_UNREACHABLE, earlier, &changed) && changed,
		"until the time is set back");
	is_number((double)watch.last_seen, (double)start, "last_seen stays even then");
	add(&watch, ENDPOINT_DRONES, OUTCOME_GOOD, earlier + 10, &changed);
	is_number((double)watch_stale_at(&watch, THRESHOLD_US),
		(double)(earlier + 10 + THRESHOLD_US), "silence counts from the new time");
}

static void codes(void)
{
	static const char *const unreachable[] = {
		"resolve", "connect", "tls", "timeout", "slow", "truncated"};
	static const char *const useless[] = {
		"too_large", "redirect", "http", "not_json", "", "new"};

	for (size_t i = 0; i < ARRAY_SIZE(unreachable); i++)
		ok(watch_outcome(false, unreachable[i]) == OUTCOME_UNREACHABLE, unreachable[i]);
	for (size_t i = 0; i < ARRAY_SIZE(useless); i++)
		ok(watch_outcome(false, useless[i]) == OUTCOME_UNUSABLE, useless[i]);
	ok(watch_outcome(false, "rate_limited") == OUTCOME_NEUTRAL, "rate_limited");
	ok(watch_outcome(true, "") == OUTCOME_GOOD, "good");
	ok(watch_is_link_error("resolve") && !watch_is_link_error("tls"), "links");
}

static void state_names(void)
{
	static const char *const wanted[WATCH_STATES] = {
		"unknown", "online", "offline", "error", "stale"};

	for (size_t i = 0; i < WATCH_STATES; i++)
		is_text(watch_state_name((enum watch_state)i), wanted[i], "a state's name");
}

int main(void)
{
	sequences();
	last_seen();
	set_back();
	codes();
	state_names();
	return tap_done();
}
