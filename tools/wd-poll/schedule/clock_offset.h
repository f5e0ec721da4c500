/* How far a kit's clock is off, as one steady estimate.
 *
 * `Date` has whole seconds and travels for a while, so every reply measures something else. What is
 * corrected with it must not change from poll to poll: the same observation has to get the same
 * time each time that it is listed, or it is stored again. So an estimate is held until a reply
 * contradicts it. */
#ifndef WD_POLL_CLOCK_OFFSET_H
#define WD_POLL_CLOCK_OFFSET_H

#include "common/clock.h"

/* Zero-initialise: nothing is known yet. */
struct clock_offset {
	bool known;
	int64_t estimate_us; /* the kit's clock minus ours */
};

/* A reply that was asked for at `asked` and had begun to arrive at `received`, both on our wall
 * clock, and whose Date is `kit_date`: the kit's clock showed a time from `kit_date` to a second
 * later at some moment between the two. A new estimate (whole seconds) is made when there is none
 * or when the held one lies more than 1.5 s outside of what is possible: 2 s off for a quick reply,
 * while a slow one, which says little, changes little. */
void clock_offset_update(
	struct clock_offset *offset, clock_us kit_date, clock_us asked, clock_us received);

/* Whether the kit's clock is off by so much (5 s) that its times have to be corrected. */
bool clock_offset_matters(const struct clock_offset *offset);

#endif
