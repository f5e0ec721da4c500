/* Saying what is wrong with a kit when it changes, and not for ever. */
#include "tools/wd-poll/complaint.h"

#include "common/clock.h"

enum {
	LINES_A_MINUTE = 6
};

bool complaint_due(struct complaint *complaint, struct complaint_ration *ration, int about,
	int64_t now_us, uint64_t *unsaid)
{
	if (about == complaint->about)
		return false;
	complaint->about = about;
	if (ration->said == 0 || now_us - ration->minute_us >= CLOCK_MINUTE_US) {
		ration->minute_us = now_us;
		ration->said = 0;
	}
	if (ration->said == LINES_A_MINUTE) {
		ration->unsaid++;
		return false;
	}
	ration->said++;
	*unsaid = ration->unsaid;
	ration->unsaid = 0;
	return true;
}
