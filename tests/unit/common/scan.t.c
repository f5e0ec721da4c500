/* The strict scanner: what is JSON, what is not, and what comes out. */
#include "common/scan/scan.h"
#include "common/array.h"
#include "tests/unit/tap.h"

#include <inttypes.h>
#include <math.h>
#include <stdlib.h>

static const struct {
	const char *text;
	const char *compact; /* NULL: refused */
	size_t at;           /* where */
	const char *reason;
} cases[] = {
	{"{}", "{}", 0, ""},
	{" [ ] ", "[]", 0, ""},
	{"{ \"a\" : [ 1 , 2.50 , -3e+2 ] , \"b\" : { } }", "{\"a\":[1,2.50,-3e+2],\"b\":{}}", 0,
		""},
	{"\"a b\"", "\"a b\"", 0, ""},
	{"\t\r\n true \n", "true", 0, ""},
	{"[NaN,Infinity,-Infinity]", "[null,null,null]", 0, ""},
	{"NaN", "null", 0, ""},
	{"-0", "-0", 0, ""},
	{"1e999", "1e999", 0, ""},
	{"\"\\u00e9\\ud83d\\ude00\\n\"", "\"\\u00e9\\ud83d\\ude00\\n\"", 0, ""},
	{"\"\xc3\xa9\"", "\"\xc3\xa9\"", 0, ""},
	{"", NULL, 0, "ends too early"},
	{"  ", NULL, 2, "ends too early"},
	{"{", NULL, 1, "ends too early"},
	{"[1", NULL, 2, "ends too early"},
	{"[1,]", NULL, 3, "expected a value"},
	{"[1 2]", NULL, 3, "expected ',' or ']'"},
	{"{\"a\":1,}", NULL, 7, "expected a key"},
	{"{a:1}", NULL, 1, "expected a key"},
	{"{\"a\" 1}", NULL, 5, "expected ':'"},
	{"[}", NULL, 1, "expected a value"},
	{"{]", NULL, 1, "expected a key"},
	{"[1}", NULL, 2, "expected ',' or ']'"},
	{"01", NULL, 1, "leading zero"},
	{"-", NULL, 1, "expected a digit"},
	{"1.", NULL, 2, "expected a digit"},
	{".5", NULL, 0, "expected a value"},
	{"+1", NULL, 0, "expected a value"},
	{"1e", NULL, 2, "expected a digit"},
	{"0x10", NULL, 1, "more after the value"},
	{"nul", NULL, 0, "expected a value"},
	{"nan", NULL, 0, "expected a value"},
	{"-Infinit", NULL, 1, "expected a digit"},
	{"1 2", NULL, 2, "more after the value"},
	{"\"a", NULL, 2, "string does not end"},
	{"\"a\nb\"", NULL, 2, "control character in a string"},
	{"\"\\x\"", NULL, 1, "bad escape"},
	{"\"\\", NULL, 1, "bad escape"},
	{"\"\\u12g4\"", NULL, 1, "bad \\u escape"},
	{"\"\\ud800\"", NULL, 1, "lone surrogate"},
	{"\"\\udc00\"", NULL, 1, "lone surrogate"},
	{"\"\\ud800\\u0041\"", NULL, 1, "lone surrogate"},
	{"\"\xff\"", NULL, 1, "not UTF-8"},
	{"\"\xc0\x80\"", NULL, 1, "not UTF-8"},
	{"\"\xed\xa0\x80\"", NULL, 1, "not UTF-8"},
	{"\"\xf4\x90\x80\x80\"", NULL, 1, "not UTF-8"},
	{"\"\xe2\x82\"", NULL, 1, "not UTF-8"},
	{"'a'", NULL, 0, "expected a value"},
	{"\xef\xbb\xbf{}", NULL, 0, "expected a value"},
};

static bool compact(struct span text, enum scan_mode mode, char *out, struct scan_error *error)
{
	size_t length = 0;
	bool done = scan_compact(text, mode, out, &length, error);

	out[done ? length : 0] = '\0';
	return done;
}

static void grammar(void)
{
	char out[512], name[128];

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct scan_error error = {"", 0};
		struct span text = span_of(cases[i].text);
		bool accepted = compact(text, SCAN_STRICT, out, &error);
		snprintf(name, sizeof(name), "case %zu, compacted", i);
		is_text(accepted ? out : "refused", cases[i].compact ? cases[i].compact : "refused",
			name);
		snprintf(name, sizeof(name), "case %zu, reason", i);
		is_text(error.reason, cases[i].reason, name);
		snprintf(name, sizeof(name), "case %zu, place", i);
		is_number((double)error.at, (double)cases[i].at, name);
		snprintf(name, sizeof(name), "case %zu, check agrees", i);
		ok(scan_check(text, SCAN_STRICT, &error) == accepted, name);
	}
}

static void depth(void)
{
	char text[2 * (SCAN_DEPTH_MAX + 1)];
	struct scan_error error;

	memset(text, '[', SCAN_DEPTH_MAX + 1);
	memset(text + SCAN_DEPTH_MAX + 1, ']', SCAN_DEPTH_MAX + 1);
	ok(!scan_check((struct span){text, sizeof(text)}, SCAN_STRICT, &error),
		"65 levels are too many");
	is_text(error.reason, "nested too deep", "with that reason");
	ok(scan_check((struct span){text + 1, sizeof(text) - 2}, SCAN_STRICT, &error),
		"64 are not");
}

static void mending(void)
{
	char out[64];
	struct scan_error error;

	ok(compact(SPAN("\"a\xff\\udc80z\""), SCAN_REPAIR, out, &error),
		"bad text in a string is mended");
	is_text(out, "\"a\xef\xbf\xbd\xef\xbf\xbdz\"", "to U+FFFD");
	ok(!compact(SPAN("{\xff}"), SCAN_REPAIR, out, &error), "outside of strings it is not");
}

static void members(void)
{
	static const char *const names[] = {"id", "lat", "none"};
	struct scan_keys keys;
	struct scan_member found[3];
	struct scan_error error;

	scan_keys_init(&keys, names, 3);
	ok(scan_object(SPAN(" {\"x\":{\"id\":1},\"i\\u0064\": \"a\" ,\"lat\":1,\"lat\":[2]} "),
		   &keys, found, &error),
		"an object is indexed");
	ok(span_equals(found[0].value, "\"a\""), "an escaped key is the key that it means");
	ok(span_equals(found[1].value, "[2]"), "the last of two wins");
	ok(found[1].key[1] == 'l', "its key's place is known");
	ok(!found[2].value.data, "what is not there is not there");
	ok(!scan_object(SPAN("[]"), &keys, found, &error), "an array is no object");
	ok(!scan_object(SPAN("{} {}"), &keys, found, &error), "two objects are not one");
	ok(!scan_object(SPAN("{\"a\":1"), &keys, found, &error), "half an object is refused");
}

/* The reader of a reply wants members of the line, and of the body in it, in one pass. */
static void picks(void)
{
	static const char *const outer[] = {"body", "type"}, *const inner[] = {"list", "type"};
	struct scan_keys outer_keys, inner_keys;
	struct scan_member found[2], inside[2];
	struct scan_pick body = {&inner_keys, inside}, line = {&outer_keys, found, &body, 0};
	struct scan_error error;

	scan_keys_init(&outer_keys, outer, 2);
	scan_keys_init(&inner_keys, inner, 2);
	ok(scan_pick(SPAN("{\"body\":{\"list\":[1],\"x\":{\"type\":2}},\"type\":\"r\"}"),
		   SCAN_STRICT, &line, &error),
		"two levels are indexed");
	ok(span_equals(found[0].value, "{\"list\":[1],\"x\":{\"type\":2}}"), "the outer one");
	ok(span_equals(found[1].value, "\"r\""), "to its end");
	ok(span_equals(inside[0].value, "[1]"), "and the inner one");
	ok(!inside[1].value.data, "but nothing further in");
	ok(scan_pick(SPAN("{\"body\":{\"list\":1},\"body\":[]}"), SCAN_STRICT, &line, &error) &&
			span_equals(found[0].value, "[]") && !inside[0].value.data,
		"the last of two bodies wins, inside too");
	ok(scan_pick(SPAN("{\"body\":{}}"), SCAN_STRICT, &line, &error) && !inside[0].value.data,
		"an empty one has nothing");
	ok(!scan_pick(SPAN("{\"body\":{\"list\":1]}"), SCAN_STRICT, &line, &error) &&
			error.at == 17,
		"a mistake inside is found");
	ok(!scan_pick(SPAN("{\"a\":\"\xff\"}"), SCAN_STRICT, &line, &error), "strict is strict");
	ok(scan_pick(SPAN("{\"type\":\"\xff\"}"), SCAN_REPAIR, &line, &error) &&
			span_equals(found[1].value, "\"\xff\""),
		"mending leaves the bytes alone");
}

static void checked_members(void)
{
	static const char *const names[] = {"id", "lat", "rid"};
	struct scan_keys keys;
	struct scan_member found[3];

	scan_keys_init(&keys, names, 3);
	scan_members(SPAN("{ \"\\u0069d\" : \"a\\\"}\" , \"x\":[{\"lat\":1}], \"lat\":-1.5e3,"
			  "\"rid\" : {\"id\":\"]\"} }"),
		&keys, found);
	ok(span_equals(found[0].value, "\"a\\\"}\""), "a text");
	ok(span_equals(found[1].value, "-1.5e3"), "a number");
	ok(span_equals(found[2].value, "{\"id\":\"]\"}"), "an object");
	scan_members(SPAN("{\"lat\":1,\"lat\":null}"), &keys, found);
	ok(span_equals(found[1].value, "null"), "the last of two wins");
	scan_members(SPAN("[1]"), &keys, found);
	ok(!found[0].value.data && !found[1].value.data, "an array has no members");
	scan_members((struct span){0}, &keys, found);
	ok(!found[0].value.data, "nor has what is not there");
}

static void items_with_members(void)
{
	static const char *const names[] = {"id"};
	struct span rest = scan_items(SPAN("[ {\"id\":1} , 7,{ },{\"id\":2}]")), item;
	struct scan_keys keys;
	struct scan_member found;

	scan_keys_init(&keys, names, 1);
	ok(scan_next_members(&rest, &item, &keys, &found) && span_equals(item, "{\"id\":1}") &&
			span_equals(found.value, "1"),
		"an item and its member");
	ok(scan_next_members(&rest, &item, &keys, &found) && span_equals(item, "7"), "a number");
	ok(scan_next_members(&rest, &item, &keys, &found) && span_equals(item, "{ }") &&
			!found.value.data,
		"an empty object");
	ok(scan_next_members(&rest, &item, &keys, &found) && span_equals(found.value, "2"),
		"the last one");
	ok(!scan_next_members(&rest, &item, &keys, &found), "and no more");
}

static void items(void)
{
	struct span rest = scan_items(SPAN("[ 1, \"],\\\"\" ,{\"a\":[1,2]},[] ]"));
	const char *wanted[] = {"1", "\"],\\\"\"", "{\"a\":[1,2]}", "[]"};
	struct span item;
	size_t n = 0;

	while (scan_next(&rest, &item)) {
		ok(n < 4 && span_equals(item, wanted[n]), "an item of an array");
		n++;
	}
	is_number((double)n, 4, "all of them");
	rest = scan_items(SPAN("[]"));
	ok(!scan_next(&rest, &item), "none in an empty one");
	rest = scan_items(SPAN("{}"));
	ok(!scan_next(&rest, &item), "none in what is no array");
}

/* The keys that come first are expected to come again. */
static void order_of_keys(void)
{
	static const char *const names[] = {
		"id", "a", "ab", "a_key_that_is_longer_than_words", "twenty_two_bytes_long_"};
	static const char *const items[] = {
		"{\"id\":1,\"a\":2,\"ab\":3,\"twenty_two_bytes_long_\":4,"
		"\"a_key_that_is_longer_than_words\":5}",
		"{\"id\":1,\"a\":2,\"ab\":3,\"twenty_two_bytes_long_\":4,"
		"\"a_key_that_is_longer_than_words\":5}",
		"{\"ab\":3,\"id\":1,\"unknown\":0,\"a\":2,\"twenty_two_bytes_long_\":4,"
		"\"twenty_two_bytes_longer\":0,\"a_key_that_is_longer_than_words\":5}",
		"{\"id\":0,\"a\":0,\"id\":1,\"\\u0061\":2,\"ab\":3,\"twenty_two_bytes_long_\":4,"
		"\"a_key_that_is_longer_than_words\":5}",
		"{\"id\":1,\"a\":2,\"ab\":3,\"twenty_two_bytes_long_\":4,"
		"\"a_key_that_is_longer_than_words\":5}",
	};
	static const char *const values[] = {"1", "2", "3", "5", "4"};
	struct scan_keys keys;
	struct scan_member found[5];

	scan_keys_init(&keys, names, 5);
	for (size_t i = 0; i < 5; i++) {
		bool all = true;
		scan_members(span_of(items[i]), &keys, found);
		for (size_t k = 0; k < 5; k++)
			all &= span_equals(found[k].value, values[k]);
		ok(all, items[i]);
	}
	scan_members(SPAN("{\"id\":\"plain\",\"a\":\"\\n\",\"ab\":\"\x7f\"}"), &keys, found);
	ok(found[0].is_plain && !found[1].is_plain && !found[2].is_plain,
		"printable ASCII without escapes is plain");
}

static double number(const char *text)
{
	double value = NAN;

	return scan_number(span_of(text), &value) ? value : -1;
}

static void numbers(void)
{
	is_number(number("42.36914706699754"), 42.36914706699754, "16 digits");
	is_number(number("-71.05742338521699"), -71.05742338521699, "negative");
	is_number(number("1795456769.5949886"), 1795456769.5949886, "17 digits");
	is_number(number("9007199254740993"), 9007199254740993.0, "beyond 2^53");
	is_number(number("12345678901234567890123456789012345678901234567890123456789012345678901"),
		12345678901234567890123456789012345678901234567890123456789012345678901.0,
		"71 digits");
	is_number(number("1E3"), 1000, "an exponent");
	is_number(number("1e999"), -1, "an infinity is no number");
	is_number(number("\"1\""), -1, "nor is a text");
	is_number(number("-Infinity"), -1, "nor is Python's");
	is_number(number("18446744073709551615"), 18446744073709551615.0, "20 digits");
	is_number(number("0.0000000000000000001"), 1e-19, "a small one");
	ok(signbit(number("-0")), "minus zero");
}

/* The decimals of a kit's positions have 14 to 17 digits; some lie close to the middle between two
 * doubles. */
static void decimals(void)
{
	uint64_t state = 1;
	bool same = true;

	for (int i = 0; i < 200000; i++) {
		char text[32];
		double value;
		state = state * UINT64_C(6364136223846793005) + 1;
		int length = snprintf(text, sizeof(text), "%s%" PRIu64, i % 3 ? "" : "-",
			(state >> 1) % UINT64_C(9999999999999999999));
		int point = length - 1 - (int)(state >> 60);
		if (point > 1) {
			memmove(text + point + 1, text + point, (size_t)(length - point) + 1);
			text[point] = '.';
		}
		if (!scan_number(span_of(text), &value) || value != strtod(text, NULL))
			same = ok(false, text);
	}
	ok(same, "numbers are read as strtod() does");
	/* Exactly in the middle: rounded to even. */
	is_number(number("9007199254740993"), 9007199254740992.0, "half-way, down");
	is_number(number("9007199254740995"), 9007199254740996.0, "half-way, up");
	is_number(number("4503599627370496.5"), 4503599627370496.0, "half-way, a fraction");
}

static void texts(void)
{
	char out[16];

	scan_text(SPAN("\"a\\n\\u00e9\\ud83d\\ude00\\/\""), out, sizeof(out));
	is_text(out, "a\n\xc3\xa9\xf0\x9f\x98\x80/", "escapes are decoded");
	scan_text(SPAN("\"a\\u0000b\\u0000\\u0000\""), out, sizeof(out));
	is_text(out,
		"a\xef\xbf\xbd"
		"b",
		"trailing NULs are cut, others replaced");
	scan_text(SPAN("\"a\\\\u0000\""), out, sizeof(out));
	is_text(out, "a\\u0000", "an escaped backslash is no NUL");
	scan_text(SPAN("\"12345678901234\xc3\xa9\""), out, sizeof(out));
	is_text(out, "12345678901234", "cut at a character");
	scan_text(SPAN("12"), out, sizeof(out));
	is_text(out, "", "a number is no text");
}

int main(void)
{
	grammar();
	depth();
	mending();
	members();
	picks();
	checked_members();
	items();
	items_with_members();
	order_of_keys();
	numbers();
	decimals();
	texts();
	return tap_done();
}
