/* Times as users write them. */
#include "common/time/time_arg.h"

#include "tests/unit/tap.h"

/* 2026-11-23T20:00:00Z */
#define NOW (INT64_C(1795464000) * CLOCK_SECOND_US)

static void is(const char *text, const char *wanted)
{
	char got[CLOCK_TEXT_SIZE];
	clock_us time;

	if (!time_arg_parse(text, NOW, &time)) {
		ok(!wanted, text);
		return;
	}
	clock_format(time, got);
	is_text(got, wanted, text);
}

int main(void)
{
	is("2026-11-23", "2026-11-23T00:00:00.000000Z");
	is("2026-11-23T17:59:18.5Z", "2026-11-23T17:59:18.500000Z");
	is("2026-11-23 17:59:18+02:00", "2026-11-23T15:59:18.000000Z");
	is("90", "2026-11-23T19:58:30.000000Z");
	is("500ms", "2026-11-23T19:59:59.500000Z");
	is("2h", "2026-11-23T18:00:00.000000Z");
	is("7d", "2026-11-16T20:00:00.000000Z");
	is("0", "2026-11-23T20:00:00.000000Z");
	is("", NULL);
	is("-2h", NULL);
	is("2 h", NULL);
	is("yesterday", NULL);
	is("2026-13-01", NULL);
	is("2026-11-2x", NULL);
	is("30000d", NULL);
	is("1e99", NULL);
	return tap_done();
}
