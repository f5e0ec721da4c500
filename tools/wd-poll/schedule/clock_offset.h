/* The offset of a kit's clock, as one stable estimate.
 *
 * `Date` has whole seconds and takes a while to arrive, so each reply gives another value. What is
 * corrected with it must not change from poll to poll: the same observation must get the same time
 * on each poll, or it is stored again. So an estimate is kept until a reply contradicts it. */
#ifndef WD_POLL_CLOCK_OFFSET_H
#define WD_POLL_CLOCK_OFFSET_H

#include "common/time/clock.h"

/* Zero-initialise: nothing is known yet. */
struct clock_offset {
	bool known;
	int64_t estimate_us; /* the kit's clock minus ours */
};

/* Use a reply that was requested at `asked` and began to arrive at `received`, both on our wall
 * clock, with the header `Date: kit_date`: at some moment between the two, the kit's clock showed a
 * time from `kit_date` to a second later. A new estimate (whole seconds) is made if there
 * was no estimate, or if the current one is more than 1.5 s outside of what is possible: 2 s off
 * for a quick reply, while a slow one, which is inexact, changes little. Return whether the
 * estimate is new. */
bool clock_offset_update(
	struct clock_offset *offset, clock_us kit_date, clock_us asked, clock_us received);

/* Return whether the kit's clock is so far off (5 s) that its times must be corrected. */
bool clock_offset_matters(const struct clock_offset *offset);

#endif
