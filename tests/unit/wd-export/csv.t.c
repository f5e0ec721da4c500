/* Cells. */
#include "tools/wd-export/csv.h"

#include "tests/unit/tap.h"

static void cell(const char *json, bool guarded, const char *wanted)
{
	struct buffer out = {0};

	csv_put_value(&out, span_of(json), guarded);
	buffer_add_char(&out, '\0');
	is_text(out.data, wanted, json);
	buffer_release(&out);
}

int main(void)
{
	cell("null", true, "");
	cell("-12.50", true, "-12.50");
	cell("true", true, "true");
	cell("\"plain\"", true, "plain");
	cell("\"\"", true, "");
	cell("\"a,b\"", true, "\"a,b\"");
	cell("\"say \\\"hi\\\"\"", true, "\"say \"\"hi\"\"\"");
	cell("\"two\\nlines\\r\"", true, "\"two\nlines\r\"");
	cell("\"=1+1\"", true, "'=1+1");
	cell("\"=1+1\"", false, "=1+1");
	cell("\"+1\"", true, "'+1");
	cell("\"-1\"", true, "'-1");
	cell("\"@SUM(A1)\"", true, "'@SUM(A1)");
	cell("\"\\t=1\"", true, "'\t=1");
	cell("\"\\r=1\"", true, "\"'\r=1\"");
	cell("\"\xef\xbc\x9d"
	     "1\"",
		true,
		"'\xef\xbc\x9d"
		"1");
	cell("\"a=1\"", true, "a=1");
	cell("\"=cmd|'/c calc',\\\"x\\\"\"", true, "\"'=cmd|'/c calc',\"\"x\"\"\"");
	cell("\"\\u001b[2J\\u007f\\u009b1m\xc3\xa9\"", true,
		"\xef\xbf\xbd[2J\xef\xbf\xbd\xef\xbf\xbd"
		"1m\xc3\xa9");
	cell("\"\\u001b[2J\"", false, "\x1b[2J");
	cell("[\"a\",\"b\"]", true, "\"[\"\"a\"\",\"\"b\"\"]\"");
	return tap_done();
}
