/* What a kit asks for when it wants to be left alone. */
#include "tools/wd-poll/http/retry_after.h"
#include "common/base/array.h"
#include "tests/unit/tap.h"

static const struct {
	const char *text;
	double wait_s;
} cases[] = {
	{NULL, 60},
	{"", 60},
	{"60", 60},
	{"0", 1},
	{"301", 300},
	{"99999999999999999999999999", 300},
	{"-5", 60},
	{"soon", 60},
	{"12 minutes", 60},
	{"Mon, 23 Nov 2026 18:01:10 GMT", 60},
	{"Mon, 23 Nov 2026 18:00:10 GMT", 1},
	{"Mon, 23 Nov 2020 18:00:10 GMT", 1},
	{"Fri, 31 Dec 9999 23:59:59 GMT", 300},
};

int main(void)
{
	clock_us now = 0;

	clock_parse(SPAN("2026-11-23T18:00:10Z"), &now);
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++)
		is_number(retry_after_parse(cases[i].text, now, 60), cases[i].wait_s,
			cases[i].text ? cases[i].text : "no header");
	return tap_done();
}
