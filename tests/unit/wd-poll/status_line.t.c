/* How many replies a second: of the last ten seconds, or of as many as there were. */
#include "tools/wd-poll/status_line.h"
#include "tests/unit/tap.h"

static const struct kit_set nobody;

static void second(struct status_line *status_line, unsigned replies)
{
	for (unsigned i = 0; i < replies; i++)
		status_line_count(status_line);
	status_line_show(status_line, &nobody, status_line->due_us);
}

int main(void)
{
	struct status_line status_line;

	status_line_init(&status_line, false, 5);
	ok(status_line.due_us == INT64_MAX, "nobody watches: nothing is ever due");

	status_line_init(&status_line, true, 5);
	ok(status_line.due_us == 1000005, "the first line comes after a second");
	status_line_show(&status_line, &nobody, 1000004);
	ok(status_line.seconds == 0, "and not before");
	status_line_count(&status_line);
	status_line_count(&status_line);
	is_number(status_line_rate(&status_line), 2, "two replies in the first second");
	status_line_show(&status_line, &nobody, 1000100);
	ok(status_line.due_us == 2000100, "the next one a second later");
	is_number(status_line_rate(&status_line), 1, "two in two seconds");
	for (int i = 0; i < 9; i++)
		second(&status_line, 10);
	is_number(status_line_rate(&status_line), 9,
		"after ten seconds the first one does not count");
	for (int i = 0; i < 20; i++)
		second(&status_line, 4);
	for (int i = 0; i < 4; i++)
		status_line_count(&status_line);
	is_number(status_line_rate(&status_line), 4, "a steady rate");
	return tap_done();
}
