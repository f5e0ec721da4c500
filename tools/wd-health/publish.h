/* The files that tell others what wd-health knows, kept up to date. */
#ifndef WD_HEALTH_PUBLISH_H
#define WD_HEALTH_PUBLISH_H

#include "tools/wd-health/state.h"

/* Zero-initialise. The files are written when something has changed, at most once a second, and the
 * rarer the larger they are: a second more for each MiB. A file that could be written and now
 * cannot is logged, and tried again after a while: the lines must flow. */
struct publisher {
	const char *state, *prometheus; /* paths; NULL: no such file */
	struct buffer scratch;
	uint64_t events;     /* of the health as it was written last */
	int64_t due_mono_us; /* not before */
	bool succeeded;      /* once */
};

void publisher_release(struct publisher *publisher);

/* On the monotonic clock, when publish() has something to do; INT64_MAX: not now. */
int64_t publish_due(const struct publisher *publisher, const struct health *health);

/* Writes the files. Returns 0 or, where that has never worked, an exit status. */
int publish(struct publisher *publisher, const struct health *health);

#endif
