/* The offset of a kit's clock, as one stable estimate. */
#include "tools/wd-poll/schedule/clock_offset.h"

#include "common/record/reply_line.h"

#define TOLERANCE_US (CLOCK_SECOND_US * 3 / 2)

static int64_t whole_seconds(int64_t time_us)
{
	int64_t half = time_us < 0 ? -CLOCK_SECOND_US / 2 : CLOCK_SECOND_US / 2;

	return (time_us + half) / CLOCK_SECOND_US * CLOCK_SECOND_US;
}

bool clock_offset_update(
	struct clock_offset *offset, clock_us kit_date, clock_us asked, clock_us received)
{
	int64_t min_us = kit_date - received;
	int64_t max_us = kit_date + CLOCK_SECOND_US - asked;

	if (max_us < min_us) /* our clock was set back while the reply was on its way */
		max_us = min_us + CLOCK_SECOND_US;
	if (offset->known && offset->estimate_us >= min_us - TOLERANCE_US &&
		offset->estimate_us <= max_us + TOLERANCE_US)
		return false;
	offset->known = true;
	offset->estimate_us = whole_seconds(min_us + (max_us - min_us) / 2);
	return true;
}

bool clock_offset_matters(const struct clock_offset *offset)
{
	return offset->known && reply_offset_matters(offset->estimate_us);
}
