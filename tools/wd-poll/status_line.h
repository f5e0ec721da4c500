/* The status line for a terminal: "3 kits up, 1 down, 2.4 replies/s". */
#ifndef WD_POLL_STATUS_LINE_H
#define WD_POLL_STATUS_LINE_H

#include "tools/wd-poll/schedule/kit_set.h"

/* The rate is the mean of this many seconds. */
#define STATUS_LINE_SECONDS 10

struct status_line {
	int64_t next_us;                       /* when to show it again; INT64_MAX: never */
	uint64_t seconds;                      /* how often it was shown, once a second */
	uint64_t replies[STATUS_LINE_SECONDS]; /* in each of the last seconds: a ring */
};

/* `enabled`: whether to show it at all, see log_is_interactive(). */
void status_line_init(struct status_line *line, bool enabled, int64_t now_us);

/* Count a reply. */
void status_line_count(struct status_line *line);

/* Return the replies per second in the last STATUS_LINE_SECONDS, or since the start. */
double status_line_rate(const struct status_line *line);

/* Show the line, once a second. */
void status_line_show(struct status_line *line, const struct kit_set *kits, int64_t now_us);

#endif
