/* Control lines: which lines are marks, and the text of ack and busy lines. */
#include "common/pipeline/acknowledge.h"
#include "common/base/array.h"
#include "tests/unit/tap.h"

#define NONCE "0123456789abcdef"

static const struct {
	const char *line;
	enum control_line kind;
	const char *mark;
	bool flush;
} lines[] = {
	{"{\"type\":\"mark\",\"mark\":\"" NONCE ".1\"}", CONTROL_MARK, NONCE ".1"},
	{"{\"type\":\"mark\",\"mark\":\"" NONCE ".18446744073709551615\",\"save\":true}",
		CONTROL_MARK, NONCE ".18446744073709551615"},
	{"{\"type\":\"mark\",\"mark\":\"" NONCE ".2\",\"save\":true,\"flush\":true}", CONTROL_MARK,
		NONCE ".2", true},
	{"{\"type\":\"mark\",\"mark\":\"" NONCE ".3\",\"flush\":\"true\"}", CONTROL_MARK,
		NONCE ".3"},
	{"{ \"save\": true, \"mark\": \"" NONCE ".0\", \"type\": \"mark\" }", CONTROL_MARK,
		NONCE ".0"},
	{"{\"type\":\"mark\",\"mark\":\"" NONCE "\"}", CONTROL_NONE, NULL},
	{"{\"type\":\"mark\",\"mark\":\"" NONCE ".\"}", CONTROL_NONE, NULL},
	{"{\"type\":\"mark\",\"mark\":\"" NONCE ".1x\"}", CONTROL_NONE, NULL},
	{"{\"type\":\"mark\",\"mark\":\"" NONCE ".1\\u0000\"}", CONTROL_NONE, NULL},
	{"{\"type\":\"mark\",\"mark\":\"" NONCE ".184467440737095516150\"}", CONTROL_NONE, NULL},
	{"{\"type\":\"mark\",\"mark\":\"0123456789ABCDEF.1\"}", CONTROL_NONE, NULL},
	{"{\"type\":\"mark\",\"mark\":\"\"}", CONTROL_NONE, NULL},
	{"{\"type\":\"mark\",\"mark\":7}", CONTROL_NONE, NULL},
	{"{\"type\":\"mark\"}", CONTROL_NONE, NULL},
	{"{\"type\":\"mark\",\"mark\":\"" NONCE ".1\"", CONTROL_NONE, NULL},
	{"{\"type\":\"drone\",\"mark\":\"" NONCE ".1\",\"kit_id\":\"mark\"}", CONTROL_NONE, NULL},
	{"{\"type\":\"ack\",\"mark\":\"" NONCE ".1\",\"read\":1}", CONTROL_REPLY, NULL},
	{"{\"type\":\"busy\",\"reason\":\"statement\"}", CONTROL_REPLY, NULL},
	{"", CONTROL_NONE, NULL},
};

int main(void)
{
	struct buffer out = {0};
	struct mark mark;

	for (size_t i = 0; i < ARRAY_SIZE(lines); i++) {
		enum control_line kind = control_parse(span_of(lines[i].line), &mark);
		is_number(kind, lines[i].kind, lines[i].line);
		if (kind != CONTROL_MARK)
			continue;
		is_text(mark.text, lines[i].mark, "the mark is copied");
		is_number(mark.flush, lines[i].flush, "flush is true or not");
	}
	strcpy(mark.text, NONCE ".7");
	ack_format(&out, &mark, &(struct reply_counts){10, 4, 3, 2, 1});
	busy_format(&out, "statement", 1795456769123456);
	buffer_add_char(&out, '\0');
	is_text(out.data,
		"{\"type\":\"ack\",\"mark\":\"" NONCE ".7\",\"read\":10,\"stored\":4,"
		"\"unchanged\":3,\"rejected\":2,\"ignored\":1}\n"
		"{\"type\":\"busy\",\"reason\":\"statement\","
		"\"since\":\"2026-11-23T17:59:29.123456Z\"}\n",
		"an ack and a busy line");
	buffer_release(&out);
	return tap_done();
}
