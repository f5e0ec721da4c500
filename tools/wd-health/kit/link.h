/* The network between us and all kits: it is down if no kit answers and two or more are
 * unreachable. Pure. */
#ifndef WD_HEALTH_LINK_H
#define WD_HEALTH_LINK_H

#include "tools/wd-health/kit/timeline.h"

#include <stdbool.h>
#include <stddef.h>

/* Kits may be at different minutes; those of the last hour are kept. */
#define LINK_MINUTES 64

/* Zero-initialise. */
struct health_link {
	struct {
		minute_number minute;
		uint64_t answered; /* replies that prove that the network works */
	} minutes[LINK_MINUTES];
	uint64_t unreachable; /* kits whose latest reply a dead link explains */
};

static inline void link_add(struct health_link *link, minute_number minute, uint64_t answered)
{
	size_t i = (size_t)(minute % LINK_MINUTES);

	if (link->minutes[i].minute != minute) {
		link->minutes[i].minute = minute;
		link->minutes[i].answered = 0;
	}
	link->minutes[i].answered += answered;
}

static inline bool link_is_down(const struct health_link *link, minute_number minute)
{
	size_t i = (size_t)(minute % LINK_MINUTES);
	bool any_answered = link->minutes[i].minute == minute && link->minutes[i].answered > 0;

	return !any_answered && link->unreachable >= 2;
}

#endif
