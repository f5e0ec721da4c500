/* How far a kit's clock is off, as one steady estimate. */
#include "tools/wd-poll/schedule/clock_offset.h"

#include "common/reply_line.h"

#define TOLERANCE_US (CLOCK_SECOND_US * 3 / 2)

static int64_t whole_seconds(int64_t time_us)
{
	int64_t half = time_us < 0 ? -CLOCK_SECOND_US / 2 : CLOCK_SECOND_US / 2;

	return (time_us + half) / CLOCK_SECOND_US * CLOCK_SECOND_US;
}

void clock_offset_update(
	struct clock_offset *offset, clock_us kit_date, clock_us asked, clock_us received)
{
	int64_t least = kit_date - received;
	int64_t most = kit_date + CLOCK_SECOND_US - asked;

	if (most < least) /* our clock was set back while the reply was on its way */
		most = least + CLOCK_SECOND_US;
	if (offset->known && offset->estimate_us >= least - TOLERANCE_US &&
		offset->estimate_us <= most + TOLERANCE_US)
		return;
	offset->known = true;
	offset->estimate_us = whole_seconds(least + (most - least) / 2);
}

bool clock_offset_matters(const struct clock_offset *offset)
{
	return offset->known && reply_offset_matters(offset->estimate_us);
}
