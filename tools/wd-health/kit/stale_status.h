/* A stale status: the kit answers, but repeats one old status (its last_update_time does not
 * change), because the part of it that measures has died. Pure. */
#ifndef WD_HEALTH_STALE_STATUS_H
#define WD_HEALTH_STALE_STATUS_H

#include "common/time/clock.h"

#include <stdbool.h>

/* Stale after this time and this number of repetitions. A healthy kit makes a new status every 30 s
 * or so. */
#define STALE_STATUS_AFTER_US (5 * CLOCK_MINUTE_US)
#define STALE_STATUS_REPEATS  3

/* Zero-initialise. */
struct stale_status {
	clock_us kit_time; /* when the kit made its status, by its clock */
	clock_us since;    /* when that status was first seen */
	uint64_t repeats;  /* how often it was seen again */
	bool is_stale;
};

/* Process a status made at `kit_time` that arrives at `now`. Return whether `is_stale` changed. */
static inline bool stale_status_update(struct stale_status *s, clock_us kit_time, clock_us now)
{
	bool before = s->is_stale;

	if (kit_time != s->kit_time) {
		*s = (struct stale_status){.kit_time = kit_time, .since = now};
		return before;
	}
	s->repeats++;
	s->is_stale = s->repeats >= STALE_STATUS_REPEATS && now - s->since >= STALE_STATUS_AFTER_US;
	return s->is_stale != before;
}

#endif
