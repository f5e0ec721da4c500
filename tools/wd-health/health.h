/* What the lines and the time do to the kits. */
#ifndef WD_HEALTH_HEALTH_H
#define WD_HEALTH_HEALTH_H

#include "common/buffer.h"
#include "tools/wd-health/fleet.h"

struct health {
	struct fleet fleet;
	struct timeline timeline;
	struct buffer out;     /* lines for stdout */
	int64_t threshold_us;  /* how long a kit may be without a good reply */
	clock_us next_silence; /* no kit goes stale before this */
	uint64_t events;       /* grows with all that may have changed something */
	struct hush set_backs, broken;
	bool told_time; /* a reply of this run has told what time it is */
};

/* `threshold_us`: how long a kit may be without a good reply. */
void health_init(struct health *health, int64_t threshold_us);
void health_release(struct health *health);

/* Takes in a line and puts it, unchanged, between the records that it causes: those of the time
 * that went by before it, and those of what it says. Returns 0 or an exit status. */
int health_line(struct health *health, struct span line);

/* The same for a line that has been read into `notice`. */
int health_take(struct health *health, struct span line, const struct notice *notice);

/* Lets the time of the stream go on to `time` without a line. Returns 0 or an exit status. */
int health_advance(struct health *health, clock_us time);

/* When health_advance() will have something to do next; WATCH_NEVER before the first reply. */
clock_us health_next(const struct health *health);

/* Writes what is ready to stdout. Returns 0 or an exit status. */
int health_flush(struct health *health);

#endif
