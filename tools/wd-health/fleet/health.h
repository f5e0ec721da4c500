/* The effect of lines and time on the kits. */
#ifndef WD_HEALTH_HEALTH_H
#define WD_HEALTH_HEALTH_H

#include "common/base/buffer.h"
#include "tools/wd-health/fleet/fleet.h"
#include "tools/wd-health/kit/link.h"

struct health {
	struct fleet fleet;
	struct health_link link;
	struct buffer out;    /* lines for stdout */
	int64_t threshold_us; /* how long a kit may be without a good reply */
	bool is_replay;       /* a kit's time is moved by its own lines and ticks only */
	bool report_lines;    /* log a line for each kit every minute */

	clock_us now;         /* the time of the latest line that moved time */
	minute_number minute; /* the latest minute that began */
	bool link_is_down;    /* in the minute before it */
	clock_us next_due;    /* unless is_replay: no kit has anything to do before this */
	size_t speaker;       /* index + 1 of the kit whose reply came last; 0: none */

	uint64_t events;         /* grows with everything that may have changed something */
	uint64_t not_normalized; /* replies with a body, */
	uint64_t not_normalized_logged;
	struct log_limit set_backs, malformed;
	uint64_t timed_lines; /* of this run: lines that moved time, */
	uint64_t rejects;     /* and rejects of the stages before */
};

/* `threshold_us`: how long a kit may be without a good reply. */
void health_init(struct health *health, int64_t threshold_us);
void health_release(struct health *health);

/* Process a line and append it, unchanged, between the records that it causes: those of the time
 * before it, and those of its content. Return 0 or an exit status. */
int health_line(struct health *health, struct span line);

/* The same for a line that has been read into `event`. */
int health_take(struct health *health, struct span line, const struct health_event *event);

/* Move time to `time` without a line. Return 0 or an exit status. */
int health_advance(struct health *health, clock_us time);

/* Return when health_advance() has something to do next; WATCH_NEVER before the first time. */
clock_us health_next(const struct health *health);

/* Log that replies were not normalized, if there are new ones. */
void health_warn(struct health *health);

/* Write the finished lines to stdout. Return 0 or an exit status. */
int health_flush(struct health *health);

#endif
