/* Checks for unit tests, reported as TAP for prove(1). One file a test program. */
#ifndef WD_UNIT_TAP_H
#define WD_UNIT_TAP_H

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

static int tap_count, tap_failed;

/* One check; `name` says in words what holds. */
static inline bool ok(bool holds, const char *name)
{
	printf("%sok %d - %s\n", holds ? "" : "not ", ++tap_count, name);
	tap_failed += !holds;
	return holds;
}

static inline bool is_text(const char *got, const char *wanted, const char *name)
{
	bool same = got && strcmp(got, wanted) == 0;

	if (!ok(same, name))
		printf("#      got: %s\n#   wanted: %s\n", got ? got : "(NULL)", wanted);
	return same;
}

static inline bool is_number(double got, double wanted, const char *name)
{
	if (!ok(got == wanted, name))
		printf("#      got: %.17g\n#   wanted: %.17g\n", got, wanted);
	return got == wanted;
}

/* The last line of main(): `return tap_done();` */
static inline int tap_done(void)
{
	printf("1..%d\n", tap_count);
	return tap_failed != 0;
}

#endif
