/* How many replies a second: of the last ten seconds, or of as many as there were. */
#include "tools/wd-poll/glance.h"
#include "tests/unit/tap.h"

static const struct crowd nobody;

static void second(struct glance *glance, unsigned replies)
{
	for (unsigned i = 0; i < replies; i++)
		glance_count(glance);
	glance_show(glance, &nobody, glance->due_us);
}

int main(void)
{
	struct glance glance;

	glance_open(&glance, false, 5);
	ok(glance.due_us == INT64_MAX, "nobody watches: nothing is ever due");

	glance_open(&glance, true, 5);
	ok(glance.due_us == 1000005, "the first line comes after a second");
	glance_show(&glance, &nobody, 1000004);
	ok(glance.seconds == 0, "and not before");
	glance_count(&glance);
	glance_count(&glance);
	is_number(glance_rate(&glance), 2, "two replies in the first second");
	glance_show(&glance, &nobody, 1000100);
	ok(glance.due_us == 2000100, "the next one a second later");
	is_number(glance_rate(&glance), 1, "two in two seconds");
	for (int i = 0; i < 9; i++)
		second(&glance, 10);
	is_number(glance_rate(&glance), 9, "after ten seconds the first one does not count");
	for (int i = 0; i < 20; i++)
		second(&glance, 4);
	for (int i = 0; i < 4; i++)
		glance_count(&glance);
	is_number(glance_rate(&glance), 4, "a steady rate");
	return tap_done();
}
