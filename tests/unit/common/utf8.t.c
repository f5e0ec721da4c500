/* UTF-8: truncation and invisible characters. */
#include "common/base/utf8.h"
#include "tests/unit/tap.h"

static void truncates(const char *text, size_t max, size_t length)
{
	char name[80];

	snprintf(name, sizeof(name), "the first %zu bytes of %s", max, text);
	ok(utf8_truncate(span_of(text), max) == length, name);
}

static void test_truncate(void)
{
	truncates("abc", 3, 3);
	truncates("abc", 2, 2);
	truncates("abc", 0, 0);
	truncates("a\xc3\xa9", 2, 1);
	truncates("a\xc3\xa9", 3, 3);
	truncates("\xf0\x9f\x98\x80x", 4, 4);
	truncates("\xf0\x9f\x98\x80x", 3, 0);
	truncates("a\xf0\x9f\x98\x80x", 3, 1);
	/* Not UTF-8: cut where the limit is. */
	truncates("\x80\x80\x80\x80\x80\x80", 5, 5);
}

static void test_invisible(void)
{
	static const uint32_t hidden[] = {0, 0x1f, 0x7f, 0x85, 0x9f, 0xad, 0x34f, 0x61c, 0x115f,
		0x1160, 0x17b4, 0x180e, 0x200b, 0x200d, 0x202e, 0x2028, 0x2029, 0x2060, 0x2066,
		0x2800, 0x3164, 0xfe0f, 0xfeff, 0xffa0, 0xfff9, 0x1d173, 0xe0001, 0xe01ef};
	static const uint32_t visible[] = {' ', 'a', '~', 0xa0, 0xe9, 0x200a, 0x2010, 0x2027,
		0x2030, 0x3163, 0xfffd, 0x1f600, 0x10ffff};
	char name[40];

	for (size_t i = 0; i < sizeof(hidden) / sizeof(*hidden); i++) {
		snprintf(name, sizeof(name), "U+%04X is invisible", hidden[i]);
		ok(utf8_is_invisible(hidden[i]), name);
	}
	for (size_t i = 0; i < sizeof(visible) / sizeof(*visible); i++) {
		snprintf(name, sizeof(name), "U+%04X is visible", visible[i]);
		ok(!utf8_is_invisible(visible[i]), name);
	}
}

int main(void)
{
	test_truncate();
	test_invisible();
	return tap_done();
}
