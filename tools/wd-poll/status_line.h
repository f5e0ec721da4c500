/* What somebody who watches wd-poll at a terminal sees: "3 kits up, 1 down, 2.4 replies/s". */
#ifndef WD_POLL_STATUS_LINE_H
#define WD_POLL_STATUS_LINE_H

#include "tools/wd-poll/schedule/kit_set.h"

/* The rate is that of so many seconds. */
#define STATUS_LINE_SECONDS 10

/* Pure, but for glance_show(): the caller keeps the clock. */
struct status_line {
	int64_t due_us;   /* when it is shown next; INT64_MAX: nobody watches */
	uint64_t seconds; /* how often it was shown, once a second */
	uint64_t replies[STATUS_LINE_SECONDS]; /* in each of the last seconds, in turn */
};

/* `watched`: whether there is anybody to show it to, log_is_interactive(). */
void status_line_init(struct status_line *status_line, bool watched, int64_t now_us);

/* A reply has come. */
void status_line_count(struct status_line *status_line);

/* The replies a second, of the last GLANCE_SECONDS or of all seconds where there are fewer. */
double status_line_rate(const struct status_line *status_line);

/* Once a second: shows it, and begins another second. */
void status_line_show(struct status_line *status_line, const struct kit_set *set, int64_t now_us);

#endif
