/* Which messages are logged: changes of a condition, at most six a minute. */
#include "common/log/log_limit.h"
#include "tests/unit/tap.h"

#define MINUTE INT64_C(60000000)

static void limit(void)
{
	struct log_limit limit = {0};
	uint64_t suppressed = 99;
	unsigned logged = 0;

	for (int i = 0; i < 10; i++)
		logged += log_limit_allows(&limit, MINUTE + i, &suppressed);
	is_number(logged, 6, "six messages a minute");
	is_number((double)suppressed, 0, "none was suppressed before the last logged message");
	ok(!log_limit_allows(&limit, 2 * MINUTE - 1, &suppressed), "no more in that minute");
	ok(log_limit_allows(&limit, 2 * MINUTE, &suppressed), "the next minute has its own six");
	is_number((double)suppressed, 5, "the suppressed messages are counted");
	for (int i = 0; i < 6; i++)
		log_limit_allows(&limit, 2 * MINUTE + i, &suppressed);
	ok(log_limit_allows(&limit, MINUTE, &suppressed), "a clock set back begins a new minute");
	is_number((double)suppressed, 1, "and the count of suppressed messages is kept");
}

static void condition(void)
{
	struct log_condition first = {0}, other = {0};
	struct log_limit shared = {0};
	uint64_t suppressed = 99;
	unsigned logged = 0;

	ok(!log_condition_changed(&first, &shared, 0, 0, &suppressed), "no condition: no message");
	ok(log_condition_changed(&first, &shared, 3, 0, &suppressed), "a condition is logged");
	is_number((double)suppressed, 0, "no message was suppressed before it");
	ok(!log_condition_changed(&first, &shared, 3, 1, &suppressed), "but not repeated");
	ok(log_condition_changed(&first, &shared, 4, 2, &suppressed), "another condition is");
	ok(log_condition_changed(&first, &shared, 0, 3, &suppressed), "and its end");
	for (int i = 0; i < 100; i++)
		logged += log_condition_changed(&other, &shared, 1 + i % 2, 4 + i, &suppressed);
	is_number(logged, 3, "conditions share the limit");
	ok(!log_condition_changed(&first, &shared, 5, MINUTE - 1, &suppressed),
		"a suppressed change");
	ok(!log_condition_changed(&first, &shared, 5, MINUTE, &suppressed),
		"is not logged later while it stays the same");
	ok(log_condition_changed(&first, &shared, 6, MINUTE, &suppressed), "the next change is");
	is_number((double)suppressed, 98, "with the number of those suppressed");
}

int main(void)
{
	limit();
	condition();
	return tap_done();
}
