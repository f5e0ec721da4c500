/* The offset of a kit's clock, as one stable estimate. */
#include "tools/wd-poll/schedule/clock_offset.h"

#include "common/reply_line.h"

#define TOLERANCE_US (CLOCK_SECOND_US * 3 / 2)

/* Each of two estimates of the same offset may be off by 2 s. */
#define SAME_US (4 * CLOCK_SECOND_US)

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

void clock_survey_add(
	struct clock_survey *survey, const struct clock_offset *offset, bool has_gps_fix)
{
	int64_t offset_us = offset->estimate_us;

	if (!survey->kits || offset_us < survey->min_us)
		survey->min_us = offset_us;
	if (!survey->kits || offset_us > survey->max_us)
		survey->max_us = offset_us;
	survey->kits++;
	survey->gps_fixes += has_gps_fix;
}

bool clock_survey_is_unanimous(const struct clock_survey *survey)
{
	return !survey->kits ||
	       (reply_offset_matters(survey->min_us) && reply_offset_matters(survey->max_us) &&
		       survey->max_us - survey->min_us <= SAME_US);
}

bool clock_survey_suspects_us(const struct clock_survey *survey)
{
	return (survey->kits >= 2 || survey->gps_fixes) && clock_survey_is_unanimous(survey);
}
