/* The waits that wd-poll(1) documents, and others. */
#include "common/time/backoff.h"
#include "common/base/array.h"
#include "tests/unit/tap.h"

static void waits(
	const char *name, double initial_s, double max_s, const double *wanted, unsigned count)
{
	for (unsigned failures = 0; failures < count; failures++)
		is_number(backoff_wait_s(failures, initial_s, max_s), wanted[failures], name);
}

int main(void)
{
	static const double specified[] = {0, 5, 10, 20, 40, 80, 300, 300, 300};
	static const double seconds[] = {0, 1, 2, 4, 8, 30, 30};
	static const double short_one[] = {0, 3, 3, 3};

	waits("5 s, at most 300 s", 5, 300, specified, ARRAY_SIZE(specified));
	waits("1 s, at most 30 s", 1, 30, seconds, ARRAY_SIZE(seconds));
	waits("the first wait longer than the longest", 5, 3, short_one, ARRAY_SIZE(short_one));
	is_number(backoff_wait_s(4000000000u, 5, 300), 300, "after very many failures");
	return tap_done();
}
