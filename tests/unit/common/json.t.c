/* What a record looks like on the pipe. */
#include "common/lines/json.h"
#include "common/record/record.h"
#include "tests/unit/tap.h"

#include <math.h>
#include <stdlib.h>

static struct buffer out;

static void becomes(const char *wanted, const char *name)
{
	buffer_add_char(&out, '\0');
	is_text(out.data, wanted, name);
	out.length = 0;
}

static void members(void)
{
	json_open(&out, "drone");
	json_text(&out, "kit_id", span_of("alpha"));
	json_text(&out, "none", (struct span){0});
	json_text(&out, "empty", SPAN(""));
	json_raw(&out, "raw", SPAN("1.50"));
	json_integer(&out, "n", -7);
	json_bool(&out, "b", false);
	json_number(&out, "nan", NAN);
	json_number(&out, "inf", INFINITY);
	json_time(&out, "time", 1);
	json_close(&out);
	becomes("{\"type\":\"drone\",\"kit_id\":\"alpha\",\"empty\":\"\",\"raw\":1.50,\"n\":-7,"
		"\"b\":false,\"time\":\"1970-01-01T00:00:00.000001Z\"}\n",
		"one of each kind");
}

static void texts(void)
{
	json_put_text(&out, SPAN("a\"b\\c\nd\te\x1b[31m\x7f"));
	becomes("\"a\\\"b\\\\c\\nd\\u0009e\\u001b[31m\\u007f\"", "what must be escaped is");
	json_put_text(&out, SPAN("\xc2\x9b"
				 "31m"));
	becomes("\"\\u009b31m\"", "the eight-bit escape character too");
	json_put_text(&out, SPAN("a\xff\xc3\xa9"));
	becomes("\"a\xef\xbf\xbd\xc3\xa9\"", "bytes that are no UTF-8 become U+FFFD");
}

/* Whatever the path, what is written reads back as the same number, in as few digits as printf()
 * needs. */
static void round_trips(void)
{
	uint64_t seed = 42;
	bool same = true;

	for (int i = 0; i < 200000; i++) {
		seed = seed * UINT64_C(6364136223846793005) + 1442695040888963407;
		double number = (double)(int64_t)(seed >> 20) / (double)(UINT64_C(1) << (i % 50));
		if (i % 3 == 0)
			number = floor(number) / 1000;
		json_put_number(&out, number);
		buffer_add_char(&out, '\0');
		same &= strtod(out.data, NULL) == number;
		out.length = 0;
	}
	ok(same, "200,000 numbers read back as themselves");
}

static void number(double value, const char *wanted)
{
	json_put_number(&out, value);
	becomes(wanted, wanted);
}

static void numbers(void)
{
	number(0.1, "0.1");
	number(1.0 / 3, "0.3333333333333333");
	number(-0.0, "0");
	number(8968.74, "8968.74");
	number(-0.000001, "-0.000001");
	number(1e-7, "1e-07");
	number(999999999999999, "999999999999999");
	number(1e15, "1e+15");
	number(-5785, "-5785");
	number(10.05, "10.05");
	number(1e300, "1e+300");
	number(5e-324, "4.94065645841247e-324");
	number(42.371657627897626, "42.371657627897626");
	number(0.1 + 0.2, "0.30000000000000004");
}

static void rejects(void)
{
	char *raw = malloc(RECORD_RAW_MAX + 3);
	struct record_reject reject = {
		.stage = "wd-normalize", .reason = "not_json", .raw = SPAN("{\"a\":\x01")};

	record_put_reject(&out, &reject);
	becomes("{\"type\":\"reject\",\"stage\":\"wd-normalize\",\"reason\":\"not_json\","
		"\"raw\":\"{\\\"a\\\":\\u0001\"}\n",
		"a reject of which little is known");
	memset(raw, 'x', RECORD_RAW_MAX + 3);
	memcpy(raw + RECORD_RAW_MAX - 1, "\xc3\xa9", 2);
	reject.raw = (struct span){raw, RECORD_RAW_MAX + 3};
	record_put_reject(&out, &reject);
	ok(memcmp(out.data + out.length - 6, "xxx\"}\n", 6) == 0,
		"a long one is cut at a character");
	free(raw);
	out.length = 0;
}

int main(void)
{
	members();
	texts();
	numbers();
	round_trips();
	rejects();
	buffer_release(&out);
	return tap_done();
}
