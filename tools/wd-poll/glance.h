/* What somebody who watches wd-poll at a terminal sees: "3 kits up, 1 down, 2.4 replies/s". */
#ifndef WD_POLL_GLANCE_H
#define WD_POLL_GLANCE_H

#include "tools/wd-poll/crowd.h"

/* The rate is that of so many seconds. */
#define GLANCE_SECONDS 10

/* Pure, but for glance_show(): the caller keeps the clock. */
struct glance {
	int64_t due_us;                   /* when it is shown next; INT64_MAX: nobody watches */
	uint64_t seconds;                 /* how often it was shown, once a second */
	uint64_t replies[GLANCE_SECONDS]; /* in each of the last seconds, in turn */
};

/* `watched`: whether there is anybody to show it to, log_is_interactive(). */
void glance_open(struct glance *glance, bool watched, int64_t now_us);

/* A reply has come. */
void glance_count(struct glance *glance);

/* The replies a second, of the last GLANCE_SECONDS or of all seconds where there are fewer. */
double glance_rate(const struct glance *glance);

/* Once a second: shows it, and begins another second. */
void glance_show(struct glance *glance, const struct crowd *crowd, int64_t now_us);

#endif
