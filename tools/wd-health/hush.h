/* How often the same complaint is said: six times a minute, and then how often it was not. Pure. */
#ifndef WD_HEALTH_HUSH_H
#define WD_HEALTH_HUSH_H

#include "tools/wd-health/timeline.h"

#define HUSH_A_MINUTE 6

/* Zero-initialise. */
struct hush {
	minute_number minute;
	unsigned said;   /* in that minute */
	unsigned unsaid; /* since it was said last */
};

/* Whether it may be said at `time`; then `*unsaid` is how often it was not since the last time. */
static inline bool hush_allows(struct hush *hush, clock_us time, unsigned *unsaid)
{
	if (hush->minute != minute_of(time))
		*hush = (struct hush){.minute = minute_of(time), .unsaid = hush->unsaid};
	if (hush->said == HUSH_A_MINUTE) {
		hush->unsaid++;
		return false;
	}
	hush->said++;
	*unsaid = hush->unsaid;
	hush->unsaid = 0;
	return true;
}

#endif
