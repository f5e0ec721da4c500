/* Coverage, the ledger, and stale status. */
#include "tools/wd-health/kit/coverage.h"
#include "common/base/array.h"
#include "tests/unit/tap.h"
#include "tools/wd-health/kit/ledger.h"
#include "tools/wd-health/kit/link.h"
#include "tools/wd-health/kit/stale_status.h"

#define PATIENCE_US (60 * CLOCK_SECOND_US)

static const minute_number noon = INT64_C(29924280);

/* A case is the replies of one kit, by second of the minute; negative ones came before it. */
static const struct {
	const char *name;
	struct {
		int second;
		enum endpoint endpoint;
		const char *error; /* NULL: good */
		double retry_in_s;
	} replies[6];
	enum coverage verdict;
} cases[] = {
	{"never asked", {{0}}, COVERAGE_POLLER_DOWN},
	{"drones received", {{5, ENDPOINT_DRONES}}, COVERAGE_LISTENING},
	{"signals received", {{5, ENDPOINT_SIGNALS}}, COVERAGE_LISTENING},
	{"received once among failures", {{5, ENDPOINT_DRONES}, {10, ENDPOINT_DRONES, "timeout"}},
		COVERAGE_LISTENING},
	{"only the status was asked", {{5, ENDPOINT_STATUS}}, COVERAGE_POLLER_DOWN},
	{"the status is good, the drones are garbage",
		{{5, ENDPOINT_DRONES, "not_json"}, {6, ENDPOINT_STATUS}}, COVERAGE_KIT_DOWN},
	{"not reached", {{5, ENDPOINT_DRONES, "connect"}}, COVERAGE_KIT_DOWN},
	{"garbage", {{5, ENDPOINT_DRONES, "not_json"}}, COVERAGE_KIT_DOWN},
	{"not reached, then rate limited",
		{{5, ENDPOINT_DRONES, "connect"}, {6, ENDPOINT_DRONES, "rate_limited"}},
		COVERAGE_RATE_LIMITED},
	{"the poller waits for a dead kit", {{-200, ENDPOINT_DRONES, "connect", 280}},
		COVERAGE_KIT_DOWN},
	{"the poller may wait for a dead kit", {{-200, ENDPOINT_DRONES, "connect"}},
		COVERAGE_KIT_DOWN},
	{"the poller should have asked again", {{-100, ENDPOINT_DRONES, "connect", 5}},
		COVERAGE_POLLER_DOWN},
	{"the poller waits for Retry-After", {{-100, ENDPOINT_DRONES, "rate_limited", 120}},
		COVERAGE_RATE_LIMITED},
	{"the poller sleeps after Retry-After", {{-400, ENDPOINT_DRONES, "rate_limited", 120}},
		COVERAGE_POLLER_DOWN},
	{"good before, not polled now", {{-10, ENDPOINT_DRONES}}, COVERAGE_POLLER_DOWN},
	{"an absurd wait is not believed", {{-1000, ENDPOINT_DRONES, "connect", 1e300}},
		COVERAGE_POLLER_DOWN},
};

static struct health_event reply_at(
	int second, enum endpoint endpoint, const char *error, double retry_in_s)
{
	struct health_event event = {.retry_in_s = retry_in_s};

	event.time = minute_start(noon) + second * CLOCK_SECOND_US;
	if (error)
		snprintf(event.error, sizeof(event.error), "%s", error);
	event.reply = (struct watch_reply){
		endpoint, watch_outcome(!error, event.error), event.time, false};
	return event;
}

static void add(struct coverage_minute *minute, struct coverage_outlook *outlook, int second,
	enum endpoint endpoint, const char *error, double retry_in_s)
{
	struct health_event event = reply_at(second, endpoint, error, retry_in_s);

	coverage_add_reply(minute, outlook, &event, PATIENCE_US);
}

static void verdicts(void)
{
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct coverage_minute before = {0}, minute = {0};
		struct coverage_outlook outlook = {0};
		for (size_t r = 0; r < ARRAY_SIZE(cases[i].replies); r++) {
			int second = cases[i].replies[r].second;
			if (second)
				add(second < 0 ? &before : &minute, &outlook, second,
					cases[i].replies[r].endpoint, cases[i].replies[r].error,
					cases[i].replies[r].retry_in_s);
		}
		is_text(coverage_name(coverage_of(&minute, &outlook, minute_start(noon + 1))),
			coverage_name(cases[i].verdict), cases[i].name);
	}
}

/* Two kits in one minute, each with one reply: is it the link? */
static bool link_of(const char *one, const char *other)
{
	const char *errors[] = {one, other};
	struct health_link link = {0};

	for (size_t i = 0; i < ARRAY_SIZE(errors); i++) {
		struct coverage_minute minute = {0};
		struct coverage_outlook outlook = {0};
		if (strcmp(errors[i], "-") != 0)
			add(&minute, &outlook, 5, ENDPOINT_DRONES, *errors[i] ? errors[i] : NULL,
				5);
		link_add(&link, noon, minute.answered);
		link.unreachable += coverage_suspects_link(&outlook);
	}
	return link_is_down(&link, noon);
}

static void test_links(void)
{
	struct health_link link = {.unreachable = 2};

	ok(link_of("connect", "timeout"), "no kit is reached: the link");
	ok(!link_of("connect", ""), "one answers: the kit");
	ok(!link_of("connect", "http"), "one answers with an error: the kit");
	ok(!link_of("connect", "rate_limited"), "one is rate limited: the kit");
	ok(!link_of("connect", "tls"), "a broken handshake came through the link: the kit");
	ok(!link_of("connect", "-"), "one kit alone proves nothing");
	link_add(&link, noon, 1);
	ok(link_is_down(&link, noon + 1) && !link_is_down(&link, noon), "each minute counts alone");
	link_add(&link, noon + LINK_MINUTES, 0);
	ok(link_is_down(&link, noon + LINK_MINUTES), "an hour later its place is reused");
}

static void test_mqtt(void)
{
	struct coverage_minute minute = {0}, next = {0};
	struct coverage_outlook outlook = {0};
	struct health_event event = reply_at(5, ENDPOINT_STATUS, NULL, 0);

	event.reply.is_mqtt = true;
	coverage_add_reply(&minute, &outlook, &event, PATIENCE_US);
	ok(coverage_of(&minute, &outlook, minute_start(noon + 1)) == COVERAGE_LISTENING,
		"by MQTT a status means listening");
	event = reply_at(65, ENDPOINT_STATUS, "broker", 30);
	coverage_add_reply(&next, &outlook, &event, PATIENCE_US);
	ok(coverage_of(&next, &outlook, minute_start(noon + 2)) == COVERAGE_LINK_DOWN,
		"a lost broker is a dead link");
}

static void days(void)
{
	struct ledger ledger = {0}, again = {0};
	struct buffer text = {0};
	struct ledger_gap gap;
	minute_number from = noon - 10;

	for (minute_number m = noon - 5; m <= noon; m++)
		ledger_put(&ledger, m, noon,
			m == noon - 3 || m == noon - 2 ? COVERAGE_KIT_DOWN : COVERAGE_LISTENING);
	ok(ledger_get(&ledger, noon - 2, noon) == COVERAGE_KIT_DOWN, "a minute is remembered");
	ok(ledger_get(&ledger, noon - 6, noon) == COVERAGE_NONE, "others were not noted");
	ok(ledger_get(&ledger, noon + 1, noon) == COVERAGE_NONE, "nor is the future");
	ok(ledger_get(&ledger, noon - 1440, noon) == COVERAGE_NONE, "a day later it is forgotten");
	ledger_put(&ledger, noon - 1440, noon, COVERAGE_LINK_DOWN);
	ok(ledger_get(&ledger, noon, noon) == COVERAGE_LISTENING, "what is too old has no place");
	ok(ledger_next_gap(&ledger, noon, &from, noon, &gap) && gap.from == noon - 3 &&
			gap.to == noon - 2 && gap.why == COVERAGE_KIT_DOWN,
		"a gap is found");
	ok(!ledger_next_gap(&ledger, noon, &from, noon, &gap), "it is the only one");
	ledger_format(&ledger, noon, &text);
	buffer_add_char(&text, '\0');
	is_text(text.data, "-1434L2K2L2", "as text");
	ok(ledger_parse(&again, noon, span_of(text.data)) &&
			memcmp(ledger.minutes, again.minutes, sizeof(again.minutes)) == 0,
		"and back");
	buffer_release(&text);
	ledger_clear(&ledger, noon - 2, noon);
	ok(ledger_get(&ledger, noon - 3, noon) == COVERAGE_KIT_DOWN &&
			ledger_get(&ledger, noon - 2, noon) == COVERAGE_NONE &&
			ledger_get(&ledger, noon, noon) == COVERAGE_NONE,
		"minutes can be forgotten");
	ledger_clear(&ledger, noon - 1000000, noon);
	ok(ledger_get(&ledger, noon - 3, noon) == COVERAGE_NONE, "however many");
}

static void texts_that_are_no_days(void)
{
	static const char *const texts[] = {"", "L", "L10", "L1441", "-1439", "-1440L1", "x1440",
		"-1440 ", "L99999999999999999999", "1440"};
	struct ledger ledger;

	for (size_t i = 0; i < ARRAY_SIZE(texts); i++)
		ok(!ledger_parse(&ledger, noon, span_of(texts[i])), texts[i]);
}

static void hours(void)
{
	struct ledger ledger = {0};

	ledger_count(&ledger, noon - 60, OUTCOME_GOOD);
	ledger_count(&ledger, noon - 55, OUTCOME_GOOD);
	ledger_count(&ledger, noon, OUTCOME_UNUSABLE);
	ledger_count(&ledger, noon, OUTCOME_NEUTRAL);
	struct tally hour = ledger_last_hour(&ledger, noon + 4);
	ok(hour.ok == 1 && hour.failed == 1 && hour.requests == 2, "the last hour");
	is_number(tally_success_percent(&hour), 50, "half of it was good");
	hour = ledger_last_hour(&ledger, noon + 60);
	is_number((double)hour.requests, 0, "an hour later it is over");
	is_number(tally_success_percent(&hour), 0, "without requests the rate is 0");
}

static void test_stale_status(void)
{
	struct stale_status s = {0};
	clock_us now = minute_start(noon);

	ok(!stale_status_update(&s, now - 5, now), "a first status");
	ok(!stale_status_update(&s, now - 5, now + CLOCK_MINUTE_US),
		"the same again, for a minute");
	ok(!stale_status_update(&s, now - 5, now + 10 * CLOCK_MINUTE_US),
		"for long, but only twice");
	ok(stale_status_update(&s, now - 5, now + 11 * CLOCK_MINUTE_US) && s.is_stale, "stale");
	ok(!stale_status_update(&s, now - 5, now + 12 * CLOCK_MINUTE_US) && s.is_stale,
		"reported once");
	ok(stale_status_update(&s, now, now + 13 * CLOCK_MINUTE_US) && !s.is_stale, "new again");
}

int main(void)
{
	verdicts();
	test_links();
	test_mqtt();
	days();
	texts_that_are_no_days();
	hours();
	test_stale_status();
	return tap_done();
}
