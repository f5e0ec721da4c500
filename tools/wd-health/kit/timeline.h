/* The time of a kit: moved by lines, with the minutes of the calendar, so that a replay closes the
 * same minutes as the first run. Pure. */
#ifndef WD_HEALTH_TIMELINE_H
#define WD_HEALTH_TIMELINE_H

#include "common/time/clock.h"

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

/* A kit_status record is due at each multiple of this. */
#define TIMELINE_STATUS_US (15 * CLOCK_SECOND_US)

/* A line that is this much older than the latest was not overtaken: the poller's clock was set
 * back, or older lines are read again. */
#define TIMELINE_SET_BACK_US CLOCK_MINUTE_US

/* When time leaps, at most this many minutes without a line are closed one by one. */
#define TIMELINE_GAP_MINUTES 1440

/* Zero-initialise: no time is known before the first line. */
struct timeline {
	clock_us now;       /* the latest time of a line */
	minute_number open; /* the current minute */
	minute_number
		told; /* the latest minute that was ever closed, even if time was set back since */
	clock_us status; /* the time of the latest kit_status that was due */
};

/* Return the latest minute that was closed. */
static inline minute_number timeline_newest(const struct timeline *timeline)
{
	return timeline->open - 1;
}

/* Return the latest time up to `time` at which a kit_status is due. */
static inline clock_us timeline_status_slot(clock_us time)
{
	return time / TIMELINE_STATUS_US * TIMELINE_STATUS_US;
}

enum timeline_step {
	TIMELINE_ON,
	TIMELINE_SET_BACK, /* time was set back: `open` may have been closed before */
};

/* Process the time of a line (after 1970). Call before timeline_close() for that line. */
enum timeline_step timeline_line(struct timeline *timeline, clock_us time);

/* Return whether the open minute is over at `time`: then it is `*closed`, and the next one is open.
 * Call again until it returns false. Of a leap of more than TIMELINE_GAP_MINUTES, only the first
 * minute and the last TIMELINE_GAP_MINUTES are closed; and none that were closed before time was
 * set back, for then there were lines. */
bool timeline_close(struct timeline *timeline, clock_us time, minute_number *closed);

#endif
