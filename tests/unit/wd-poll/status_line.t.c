/* The rate of the last ten seconds, or since the start. */
#include "tools/wd-poll/status_line.h"
#include "tests/unit/tap.h"

static const struct kit_set no_kits;

static void second(struct status_line *status_line, unsigned replies)
{
	for (unsigned i = 0; i < replies; i++)
		status_line_count(status_line);
	status_line_show(status_line, &no_kits, status_line->next_us);
}

int main(void)
{
	struct status_line status_line;

	status_line_init(&status_line, false, 5);
	ok(status_line.next_us == INT64_MAX, "disabled: never shown");

	status_line_init(&status_line, true, 5);
	ok(status_line.next_us == 1000005, "first shown after a second");
	status_line_show(&status_line, &no_kits, 1000004);
	ok(status_line.seconds == 0, "not earlier");
	status_line_count(&status_line);
	status_line_count(&status_line);
	is_number(status_line_rate(&status_line), 2, "two replies in the first second");
	status_line_show(&status_line, &no_kits, 1000100);
	ok(status_line.next_us == 2000100, "again a second later");
	is_number(status_line_rate(&status_line), 1, "the mean of two seconds");
	for (int i = 0; i < 9; i++)
		second(&status_line, 10);
	is_number(status_line_rate(&status_line), 9, "the first second is no longer counted");
	for (int i = 0; i < 20; i++)
		second(&status_line, 4);
	for (int i = 0; i < 4; i++)
		status_line_count(&status_line);
	is_number(status_line_rate(&status_line), 4, "a steady rate");
	return tap_done();
}
