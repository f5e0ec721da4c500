/* What the clocks of all kits say about our own. */
#include "common/time/clock_survey.h"

#include "common/log/log.h"
#include "common/record/reply_line.h"

/* Each of two estimates of the same offset may be off by 2 s. */
#define SAME_US (4 * CLOCK_SECOND_US)

void clock_survey_add(struct clock_survey *survey, int64_t offset_us, bool has_gps_fix)
{
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

enum own_clock clock_survey_verdict(const struct clock_survey *survey)
{
	if (!clock_survey_is_unanimous(survey))
		return OWN_CLOCK_TRUSTED;
	return survey->kits >= 2 || survey->gps_fixes ? OWN_CLOCK_SUSPECT : OWN_CLOCK_UNDECIDED;
}

void clock_survey_log(const struct clock_survey *survey, enum own_clock verdict)
{
	if (verdict == OWN_CLOCK_SUSPECT)
		log_error("the clock of this machine is wrong: all kits differ from it by the same "
			  "amount, and their times are not corrected",
			{"kits", log_number((int64_t)survey->kits).text},
			{"offset", log_seconds((double)survey->min_us / 1e6).text},
			{"hint", "set the clock, see timedatectl"});
	else
		log_info("the clock of this machine agrees with kits again");
}
