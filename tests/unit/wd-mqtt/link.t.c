/* The state machine of the connection. */
#include "tools/wd-mqtt/broker/link.h"
#include "common/base/array.h"
#include "tests/unit/tap.h"

#define S INT64_C(1000000)

static void backs_off(void)
{
	static const int waits_s[] = {1, 2, 4, 8, 30, 30};
	struct link link;
	int64_t now_us = 100 * S;

	link_init(&link, now_us);
	ok(link_wants_connection(&link, now_us), "connects at once");
	for (size_t i = 0; i < ARRAY_SIZE(waits_s); i++) {
		link_connecting(&link, now_us);
		ok(!link_wants_connection(&link, now_us), "one attempt at a time");
		link_failed(&link, LINK_FAILED, now_us);
		is_number((double)(link_next_us(&link) - now_us) / S, waits_s[i], "wait");
		ok(!link_wants_connection(&link, link_next_us(&link) - 1), "not before");
		now_us = link_next_us(&link);
		ok(link_wants_connection(&link, now_us), "then the next attempt");
	}
	link_connecting(&link, now_us);
	link_up(&link);
	ok(link_next_us(&link) == INT64_MAX, "nothing is due while the link is up");
	link_failed(&link, LINK_FAILED, now_us);
	is_number((double)(link_next_us(&link) - now_us) / S, 1, "after success, 1 s again");
}

static void has_deadline(void)
{
	struct link link;

	link_init(&link, 0);
	link_connecting(&link, 5 * S);
	ok(!link_is_overdue(&link, 20 * S - 1), "an attempt has 15 s");
	ok(link_is_overdue(&link, 20 * S), "then it is overdue");
	is_number((double)link_next_us(&link), (double)(20 * S), "which is when to look");
	link_up(&link);
	ok(!link_is_overdue(&link, 900 * S), "a link that is up is never overdue");
}

static void falls_back(void)
{
	struct link link;

	link_init(&link, 0);
	ok(!link.uses_v3, "MQTT 5 first");
	link_connecting(&link, 0);
	link_failed(&link, LINK_VERSION_REFUSED, 0);
	ok(link.uses_v3 && link_wants_connection(&link, 0), "refused: 3.1.1, at once");
	link_connecting(&link, 0);
	link_failed(&link, LINK_VERSION_REFUSED, 0);
	ok(link.uses_v3 && !link_wants_connection(&link, 0), "refused again: with a wait");
}

static void alternates(void)
{
	struct link link;

	link_init(&link, 0);
	link_failed(&link, LINK_CLOSED_EARLY, 0);
	ok(link.uses_v3, "closed without an answer: 3.1.1 next");
	link_failed(&link, LINK_CLOSED_EARLY, 0);
	ok(!link.uses_v3, "then 5 again");
	link_failed(&link, LINK_FAILED, 0);
	ok(!link.uses_v3, "other failures do not change the version");
	link_connecting(&link, 0);
	link_up(&link);
	link_failed(&link, LINK_CLOSED_EARLY, 0);
	ok(!link.uses_v3, "nor does anything once the link has been up");
}

int main(void)
{
	backs_off();
	has_deadline();
	falls_back();
	alternates();
	return tap_done();
}
