/* The state file and the Prometheus file, kept up to date. */
#ifndef WD_HEALTH_PUBLISH_H
#define WD_HEALTH_PUBLISH_H

#include "tools/wd-health/state/state.h"

/* Zero-initialise. The files are written when something has changed, at most once a second, and
 * less often the larger they are: a second more for each MiB. If a file that could be written
 * before cannot be written, that is logged and retried later: the lines must flow. */
struct health_publisher {
	const char *state, *prometheus; /* paths; NULL: no such file */
	struct buffer scratch;
	uint64_t events;     /* of the health when it was written */
	int64_t due_mono_us; /* the earliest time of the next write */
	bool succeeded;      /* at least once */
};

void publisher_release(struct health_publisher *publisher);

/* Return when publish() has something to do, on the monotonic clock; INT64_MAX: nothing now. */
int64_t publish_due(const struct health_publisher *publisher, const struct health *health);

/* Write the files. Return 0 or, if that has never succeeded, an exit status. */
int publish(struct health_publisher *publisher, const struct health *health);

#endif
