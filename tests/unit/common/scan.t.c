/* The strict scanner: what is JSON, what is not, and what comes out. */
#include "common/scan/scan.h"
#include "common/base/array.h"
#include "tests/unit/tap.h"

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

static bool next_is(struct scan_list *list, const char *item, const char *id)
{
	struct scan_member found;
	struct span span;

	return scan_list_next(list, &span, &found) && span_equals(span, item) &&
	       (id ? span_equals(found.value, id) : !found.value.data);
}

static void lists(void)
{
	static const char *const outer[] = {"list", "other"}, *const inner[] = {"id"};
	struct scan_keys outer_keys, inner_keys;
	struct scan_member found[2], none;
	struct scan_list list[2] = {{.keys = &inner_keys, .max = 4}, {0}};
	struct scan_pick pick = {&outer_keys, found, .lists = list};
	struct scan_error error;
	struct span item;

	scan_keys_init(&outer_keys, outer, 2);
	scan_keys_init(&inner_keys, inner, 1);
	ok(scan_pick(SPAN("{\"list\":[ {\"id\":1} , 7,{ "
			  "},{\"id\":0,\"x\":[],\"id\":2}],\"other\":[1]}"),
		   SCAN_STRICT, &pick, &error),
		"a list is indexed");
	ok(next_is(&list[0], "{\"id\":1}", "1"), "an item and its member");
	ok(next_is(&list[0], "7", NULL), "a number");
	ok(next_is(&list[0], "{ }", NULL), "an empty object");
	ok(next_is(&list[0], "{\"id\":0,\"x\":[],\"id\":2}", "2"), "the last of two members");
	ok(!scan_list_next(&list[0], &item, &none), "and no more");
	is_number((double)list[1].count, 0, "a list without keys is checked only");
	scan_pick(SPAN("{\"list\":[{\"id\":1}],\"list\":[]}"), SCAN_STRICT, &pick, &error);
	ok(!scan_list_next(&list[0], &item, &none), "of two lists the last counts");
	scan_pick(SPAN("{\"list\":[1],\"list\":{}}"), SCAN_STRICT, &pick, &error);
	ok(!scan_list_next(&list[0], &item, &none), "also where it is an object");
	scan_pick(SPAN("{\"list\":[1]}"), SCAN_STRICT, &pick, &error);
	scan_pick(SPAN("{}"), SCAN_STRICT, &pick, &error);
	ok(!scan_list_next(&list[0], &item, &none), "nothing is left of the last text");
	scan_list(SPAN("[{\"id\":3},\"a\"]"), &list[0]);
	ok(next_is(&list[0], "{\"id\":3}", "3") && next_is(&list[0], "\"a\"", NULL),
		"an array that has been checked");
	scan_list(SPAN("[1,2,3,4,{\"id\":5}]"), &list[0]);
	for (size_t i = 0; i < 4; i++)
		ok(scan_list_next(&list[0], &item, &none), "as many items as the caller wants");
	ok(!scan_list_next(&list[0], &item, &none), "but not more");
	scan_list(SPAN("[{\"id\":1,\"id\":2},{\"id\":3,\"id\":4}]"), &list[0]);
	is_number((double)list[0].count, 4, "a repeated key takes no memory");
	ok(next_is(&list[0], "{\"id\":1,\"id\":2}", "2") &&
			next_is(&list[0], "{\"id\":3,\"id\":4}", "4"),
		"its last value counts");
	scan_list(SPAN("{\"id\":3}"), &list[0]);
	ok(!scan_list_next(&list[0], &item, &none), "an object is no list");
	scan_list_release(&list[0]);
}

static void mistakes_in_lists(void)
{
	static const struct {
		const char *text, *reason;
		size_t at;
	} bad[] = {
		{"{\"list\":[", "ends too early", 9},
		{"{\"list\":[1", "ends too early", 10},
		{"{\"list\":[1,", "ends too early", 11},
		{"{\"list\":[1,]", "expected a value", 11},
		{"{\"list\":[1}", "expected ',' or ']'", 10},
		{"{\"list\":[{\"id\":1]", "expected ',' or '}'", 16},
		{"{\"list\":[{\"id\":01}]}", "leading zero", 16},
		{"{\"list\":[{\"id\" 1}]}", "expected ':'", 15},
	};
	static const char *const outer[] = {"list"}, *const inner[] = {"id"};
	struct scan_keys outer_keys, inner_keys;
	struct scan_member found;
	struct scan_list list = {.keys = &inner_keys, .max = 4};
	struct scan_pick pick = {&outer_keys, &found, .lists = &list};
	struct scan_error error, again;

	scan_keys_init(&outer_keys, outer, 1);
	scan_keys_init(&inner_keys, inner, 1);
	for (size_t i = 0; i < ARRAY_SIZE(bad); i++) {
		ok(!scan_pick(span_of(bad[i].text), SCAN_STRICT, &pick, &error), bad[i].text);
		is_text(error.reason, bad[i].reason, "the reason");
		is_number((double)error.at, (double)bad[i].at, "the place");
		ok(!scan_check(span_of(bad[i].text), SCAN_STRICT, &again) && again.at == error.at &&
				strcmp(again.reason, error.reason) == 0,
			"as scan_check() sees it");
	}
	scan_list_release(&list);
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
	ok(found[0].form == SCAN_FORM_PLAIN && found[1].form == SCAN_FORM_OTHER &&
			found[2].form == SCAN_FORM_OTHER,
		"printable ASCII without escapes is plain");
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
	lists();
	mistakes_in_lists();
	order_of_keys();
	texts();
	return tap_done();
}
