/* Segments: names that sort by time, and what a torn one still holds. */
#include "common/spool/segment.h"

#include "common/base/array.h"
#include "tests/unit/tap.h"

static void test_names(void)
{
	static const char *const others[] = {
		"",
		".",
		"README",
		"1763927999123456",
		"1763927999123456-",
		"1763927999123456-9f3a1c2",
		"1763927999123456-9f3a1c2b0",
		"1763927999123456-9F3A1C2B",
		"1763927999123456-9f3a1c2b.zst",
		"176392799912345-9f3a1c2b",
		"17639279991234567-9f3a1c2b",
		"-763927999123456-9f3a1c2b",
	};
	char name[SEGMENT_NAME_SIZE], later[SEGMENT_NAME_SIZE];
	clock_us time;

	segment_name_format(name, INT64_C(1763927999123456), 0x9f3a1c2b);
	is_text(name, "1763927999123456-9f3a1c2b", "a name is its time and some random digits");
	ok(segment_name_parse(name, &time) && time == INT64_C(1763927999123456),
		"a name gives its time back");
	segment_name_format(name, 999, 0xffffffff);
	segment_name_format(later, 1000, 0);
	ok(strcmp(name, later) < 0, "names sort by time, whatever their random digits");
	segment_name_format(name, -1, 0);
	is_text(name, "0000000000000000-00000000", "a clock before 1970 names as 1970");
	segment_name_format(name, INT64_MAX, 0);
	is_text(name, "9999999999999999-00000000", "a clock after 2286 names as 2286");
	for (size_t i = 0; i < ARRAY_SIZE(others); i++)
		ok(!segment_name_parse(others[i], &time), "no segment's name");
}

static void test_times(void)
{
	ok(segment_time_next(2000, 1000) == 2000, "the wall clock names");
	ok(segment_time_next(1000, 1000) == 1001, "two names within a microsecond differ");
	ok(segment_time_next(500, 1000) == 1001, "a clock that was set back names on");
}

static void test_whole_lines(void)
{
	ok(segment_whole_lines(SPAN("")) == 0, "nothing is no line");
	ok(segment_whole_lines(SPAN("a")) == 0, "a torn line does not count");
	ok(segment_whole_lines(SPAN("a\n")) == 2, "a line ends in a newline");
	ok(segment_whole_lines(SPAN("a\nb\nc")) == 4, "whole lines before a torn one stay");
	ok(segment_whole_lines((struct span){"a\n\0\0\0", 5}) == 2, "zeros are a torn tail");
}

int main(void)
{
	test_names();
	test_times();
	test_whole_lines();
	return tap_done();
}
