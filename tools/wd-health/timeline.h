/* The time of the stream: it moves with the lines, and its minutes are those of the calendar, so
 * that a replay closes the same minutes as the first run. Pure. */
#ifndef WD_HEALTH_TIMELINE_H
#define WD_HEALTH_TIMELINE_H

#include "common/clock.h"

/* Minutes since 1970-01-01T00:00Z. */
typedef int64_t minute_number;

static inline minute_number minute_of(clock_us time)
{
	return time / CLOCK_MINUTE_US;
}

static inline clock_us minute_start(minute_number minute)
{
	return minute * CLOCK_MINUTE_US;
}

/* A line that is this much older than the one before it was not overtaken on its way: the clock of
 * whoever stamps the lines was set back, or older lines are read again. */
#define TIMELINE_SET_BACK_US (5 * CLOCK_MINUTE_US)

/* When the stream leaps, at most this many minutes without a line are told one by one. */
#define TIMELINE_GAP_MINUTES 1440

/* Zero-initialise: no time is known before the first line. */
struct timeline {
	clock_us now;       /* the latest time of a line */
	minute_number open; /* the minute that is going on */
	minute_number told; /* no later minute was ever closed, even if time was set back since */
};

/* The minute that was closed last. */
static inline minute_number timeline_newest(const struct timeline *timeline)
{
	return timeline->open - 1;
}

enum timeline_step {
	TIMELINE_ON,       /* time goes on */
	TIMELINE_SET_BACK, /* it was set back: `open` is a minute that may have been closed before
			    */
};

/* The time of a new line (after 1970). To be called before timeline_close() for that line. */
enum timeline_step timeline_line(struct timeline *timeline, clock_us time);

/* Whether the open minute is over at `time`: then it is `*closed`, and the next one is open. Call
 * again until it is false. Of a leap of more than TIMELINE_GAP_MINUTES the first minute and the
 * last TIMELINE_GAP_MINUTES are closed; and none that were closed before time was set back, for
 * then there were lines. */
bool timeline_close(struct timeline *timeline, clock_us time, minute_number *closed);

#endif
