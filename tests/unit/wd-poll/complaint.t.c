/* Saying what is wrong when it changes, and not for ever. */
#include "tools/wd-poll/complaint.h"
#include "tests/unit/tap.h"

#define MINUTE INT64_C(60000000)

int main(void)
{
	struct complaint complaint = {0}, other = {0};
	struct complaint_ration ration = {0};
	uint64_t unsaid = 99;
	unsigned said = 0;

	ok(!complaint_due(&complaint, &ration, 0, 0, &unsaid), "all is well: nothing is said");
	ok(complaint_due(&complaint, &ration, 3, 0, &unsaid), "something is wrong: it is said");
	is_number((double)unsaid, 0, "nothing was left out");
	ok(!complaint_due(&complaint, &ration, 3, 1, &unsaid), "the same again is not");
	ok(complaint_due(&complaint, &ration, 4, 2, &unsaid), "something else is");
	ok(complaint_due(&complaint, &ration, 0, 3, &unsaid), "and that it is over");
	for (int i = 0; i < 100; i++)
		said += complaint_due(&other, &ration, 1 + i % 2, 4 + i, &unsaid);
	is_number(said, 3, "six a minute for all that share the ration");
	ok(!complaint_due(&complaint, &ration, 5, MINUTE - 1, &unsaid), "in the first minute");
	ok(complaint_due(&complaint, &ration, 6, MINUTE, &unsaid),
		"in the next one there are more");
	is_number((double)unsaid, 98, "what was left out is counted");
	return tap_done();
}
