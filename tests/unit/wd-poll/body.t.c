/* Bytes of a kit become JSON that every later stage can trust. */
#include "tools/wd-poll/http/body.h"
#include "common/base/array.h"
#include "tests/unit/tap.h"

static const struct {
	const char *raw, *compact, *reason;
} cases[] = {
	{" {\"drones\": [ {\"lat\": NaN, \"alt\": -Infinity} ] }\n",
		"{\"drones\":[{\"lat\":null,\"alt\":null}]}"},
	{"[1e999, 1234567890123456789012345678901234567890]",
		"[1e999,1234567890123456789012345678901234567890]"},
	{"{\"a\":\"\xff\\ud800\\u0000\"}", "{\"a\":\"\xef\xbf\xbd\xef\xbf\xbd\\u0000\"}"},
	{"{\"a\":1,\"a\":2}", "{\"a\":1,\"a\":2}"},
	{"\xef\xbb\xbf{\"drones\": []}", "{\"drones\":[]}"},
	{"\xef\xbb\xbf\xef\xbb\xbf[]", NULL, "expected a value at byte 0"},
	{"\xef\xbb\xbf", NULL, "empty"},
	{"", NULL, "empty"},
	{"42", NULL, "neither an object nor an array"},
	{"\"<html>\"", NULL, "neither an object nor an array"},
	{"<html>", NULL, "expected a value at byte 0"},
	{"{\"drones\": [{\"id\"", NULL, "expected ':' at byte 17"},
	{"{} {}", NULL, "more after the value at byte 3"},
};

static void growing(void)
{
	static char raw[BODY_MAX / 2];
	char reason[BODY_REASON_SIZE];
	struct buffer compact = {0};

	memset(raw, 0xff, sizeof(raw));
	memcpy(raw, "[\"", 2);
	memcpy(raw + sizeof(raw) - 2, "\"]", 2);
	ok(body_compact((struct span){raw, sizeof(raw)}, &compact, reason) == REPLY_TOO_LARGE,
		"a body that triples in size when repaired is limited, too");
	buffer_release(&compact);
}

int main(void)
{
	struct buffer compact = {0};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		char reason[BODY_REASON_SIZE] = "";
		bool usable = body_compact(span_of(cases[i].raw), &compact, reason) == REPLY_OK;
		ok(usable == (cases[i].compact != NULL), cases[i].raw);
		buffer_add_char(&compact, '\0');
		is_text(usable ? compact.data : reason, usable ? cases[i].compact : cases[i].reason,
			"the compact body");
	}
	buffer_release(&compact);
	growing();
	return tap_done();
}
