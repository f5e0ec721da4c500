/* Times as text, and back. */
#include "common/time/clock.h"
#include "common/base/array.h"
#include "tests/unit/tap.h"

static const struct {
	const char *text;
	const char *back; /* NULL: refused */
} cases[] = {
	{"2026-11-23T17:59:18.572558Z", "2026-11-23T17:59:18.572558Z"},
	{"2026-11-23T17:59:18Z", "2026-11-23T17:59:18.000000Z"},
	{"2026-11-23 17:59:18", "2026-11-23T17:59:18.000000Z"},
	{"2026-11-23t17:59:18.5z", "2026-11-23T17:59:18.500000Z"},
	{"2026-11-23T17:59:18.1234567891Z", "2026-11-23T17:59:18.123456Z"},
	{"2026-11-23T17:59:18+05:30", "2026-11-23T12:29:18.000000Z"},
	{"2026-11-23T17:59:18-0800", "2026-11-24T01:59:18.000000Z"},
	{"2026-11-23T17:59:18+02", "2026-11-23T15:59:18.000000Z"},
	{"2024-02-29T00:00:00Z", "2024-02-29T00:00:00.000000Z"},
	{"1900-03-01T00:00:00Z", "1900-03-01T00:00:00.000000Z"},
	{"0001-01-01T00:00:00Z", "0001-01-01T00:00:00.000000Z"},
	{"9999-12-31T23:59:59.999999Z", "9999-12-31T23:59:59.999999Z"},
	{"2016-12-31T23:59:60Z", "2017-01-01T00:00:00.000000Z"},
	{"2023-02-29T00:00:00Z", NULL},
	{"1900-02-29T00:00:00Z", NULL},
	{"2026-13-01T00:00:00Z", NULL},
	{"2026-11-23T24:00:00Z", NULL},
	{"2026-11-23T17:59:61Z", NULL},
	{"2026-11-23T17:59", NULL},
	{"2026-11-23", NULL},
	{"2026-11-23T17:59:18.Z", NULL},
	{"2026-11-23T17:59:18Z ", NULL},
	{"2026-11-23T17:59:18+5", NULL},
	{"0000-01-01T00:00:00Z", NULL},
	{"0001-01-01T00:00:00+01:00", NULL},
	{"3600.5", NULL},
	{"0.0 seconds past the hour", NULL},
	{"", NULL},
};

static void text(void)
{
	char back[CLOCK_TEXT_SIZE];
	clock_us time;

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		bool read = clock_parse(span_of(cases[i].text), &time);
		if (read)
			clock_format(time, back);
		is_text(read ? back : "refused", cases[i].back ? cases[i].back : "refused",
			cases[i].text);
	}
}

static void numbers(void)
{
	char out[CLOCK_TEXT_SIZE];
	clock_us time;

	ok(clock_parse(SPAN("1970-01-01T00:00:00Z"), &time) && time == 0, "the epoch is 0");
	ok(clock_from_epoch(1795456769.5949886, &time), "seconds since the epoch");
	clock_format(time, out);
	is_text(out, "2026-11-23T17:59:29.594989Z", "are rounded to the microsecond");
	ok(clock_from_epoch(-0.25, &time) && time == -250000, "before it");
	clock_format(time, out);
	is_text(out, "1969-12-31T23:59:59.750000Z", "the day before");
	ok(!clock_from_epoch(1e300, &time), "a year beyond 9999 is no time");
	ok(!clock_from_epoch(-1e12, &time), "nor one before 1");
	clock_format(INT64_MAX, out);
	is_text(out, "9999-12-31T23:59:59.999999Z", "the end of time");
	clock_format(INT64_MIN, out);
	is_text(out, "0001-01-01T00:00:00.000000Z", "and its beginning");
}

static void clocks(void)
{
	int64_t first = clock_mono_us();

	ok(clock_wall_us() > INT64_C(1700000000) * CLOCK_SECOND_US,
		"the wall clock knows the year");
	ok(clock_mono_us() >= first, "the other one never goes back");
}

int main(void)
{
	text();
	numbers();
	clocks();
	return tap_done();
}
