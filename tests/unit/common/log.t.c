/* No value can forge a line or drive a terminal. */
#include "common/log/log.h"
#include "common/base/array.h"
#include "tests/unit/tap.h"

static const struct {
	const char *value, *shown;
} cases[] = {
	{"alpha", "alpha"},
	{"http://127.0.0.1:8088/drones", "http://127.0.0.1:8088/drones"},
	{"", "\"\""},
	{"two words", "\"two words\""},
	{"a=b", "\"a=b\""},
	{"say \"hi\" \\o/", "\"say \\\"hi\\\" \\\\o/\""},
	{"line\nwd-poll: forged", "\"line\\nwd-poll: forged\""},
	{"\x1b[2J\r\x07\x7f", "\"\\x1b[2J\\x0d\\x07\\x7f\""},
	{"\xc2\x9b"
	 "2J",
		"\"\\u{9b}2J\""},
	{"\xe2\x80\xae"
	 "gpj.exe",
		"\"\\u{202e}gpj.exe\""},
	{"\xe2\x80\xa8", "\"\\u{2028}\""},
	{"\xc2\xad", "\"\\u{ad}\""},
	{"\xe3\x85\xa4", "\"\\u{3164}\""},
	{"caf\xc3\xa9 \xe4\xb8\xad", "\"caf\xc3\xa9 \xe4\xb8\xad\""},
	{"\xff\xfe", "\"\\xff\\xfe\""},
	{"\xf3\xa0\x81\x81", "\"\\u{e0041}\""},
};

int main(void)
{
	char out[64];

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		log_quote(out, sizeof(out), cases[i].value);
		is_text(out, cases[i].shown, cases[i].shown);
	}
	log_quote(out, 16, "a long value, too long for the room there is");
	is_text(out, "\"a long val\"...", "a long one is cut, and that is seen");
	log_quote(out, 16, "unquoted-but-too-long-for-the-room");
	is_text(out, "\"unquoted-b\"...", "whatever it is made of");
	ok(log_level_parse("WARNING") && !log_shows(LOG_INFO) && log_shows(LOG_WARNING), "levels");
	ok(!log_level_parse("loud"), "an unknown one");
	log_adjust(+1);
	ok(log_shows(LOG_INFO) && !log_shows(LOG_DEBUG), "louder");
	log_adjust(-1);
	log_adjust(-1);
	log_adjust(-1);
	ok(log_shows(LOG_ERROR) && !log_shows(LOG_WARNING), "errors are always logged");
	is_text(log_number(-12).text, "-12", "a number as a field");
	return tap_done();
}
