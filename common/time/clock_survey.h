/* What the clocks of all kits say about our own: times that are "corrected" by a wrong clock of
 * ours would be wrong in the database. Pure. */
#ifndef WD_COMMON_CLOCK_SURVEY_H
#define WD_COMMON_CLOCK_SURVEY_H

#include "common/time/clock.h"

enum own_clock {
	OWN_CLOCK_UNDECIDED,
	OWN_CLOCK_TRUSTED,
	OWN_CLOCK_SUSPECT,
};

/* Zero-initialise. */
struct clock_survey {
	size_t kits, gps_fixes;
	int64_t min_us, max_us;
};

/* Add a kit whose clock is known to be `offset_us` ahead of ours. */
void clock_survey_add(struct clock_survey *survey, int64_t offset_us, bool has_gps_fix);

/* Return whether all kits differ from our clock by the same amount, which matters: true until a kit
 * is added that does not, whatever others are added after it. */
bool clock_survey_is_unanimous(const struct clock_survey *survey);

/* Return OWN_CLOCK_SUSPECT if the survey is unanimous, of two kits or more, or of one with a GPS fix;
 * OWN_CLOCK_UNDECIDED without kits, or if the only one differs and has no fix; else
 * OWN_CLOCK_TRUSTED. */
enum own_clock clock_survey_verdict(const struct clock_survey *survey);

/* Log that our clock is wrong, or agrees with kits again. */
void clock_survey_log(const struct clock_survey *survey, enum own_clock verdict);

#endif
