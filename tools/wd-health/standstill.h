/* A kit's status that stands still: the kit answers, but repeats one old status (its
 * last_update_time does not move), because the part of it that measures has died. Pure. */
#ifndef WD_HEALTH_STANDSTILL_H
#define WD_HEALTH_STANDSTILL_H

#include "common/clock.h"

/* The same status for this long, and this many times again, stands still. A healthy kit makes a new
 * one every half a minute or so. */
#define STANDSTILL_AFTER_US (5 * CLOCK_MINUTE_US)
#define STANDSTILL_REPEATS  3

/* Zero-initialise. */
struct standstill {
	clock_us kit_time; /* what the kit says of when its status was made */
	clock_us since;    /* the time of the stream when that was seen first */
	uint64_t repeats;  /* how often it was seen again */
	bool still;        /* it stands still */
};

/* A status that was made at `kit_time` arrives at `now`. True if `still` is another than before. */
static inline bool standstill_status(struct standstill *s, clock_us kit_time, clock_us now)
{
	bool before = s->still;

	if (kit_time != s->kit_time) {
		*s = (struct standstill){.kit_time = kit_time, .since = now};
		return before;
	}
	s->repeats++;
	s->still = s->repeats >= STANDSTILL_REPEATS && now - s->since >= STANDSTILL_AFTER_US;
	return s->still != before;
}

#endif
