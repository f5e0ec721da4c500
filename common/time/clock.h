/* The two clocks, and RFC 3339 text. */
#ifndef WD_COMMON_CLOCK_H
#define WD_COMMON_CLOCK_H

#include "common/base/span.h"

#include <stdint.h>

/* Microseconds since 1970-01-01T00:00:00Z, without leap seconds. Representable as text: the years
 * 1 to 9999. */
typedef int64_t clock_us;

#define CLOCK_SECOND_US INT64_C(1000000)
#define CLOCK_MINUTE_US (60 * CLOCK_SECOND_US)
#define CLOCK_DAY_US    (86400 * CLOCK_SECOND_US)

/* Return the wall clock, which may jump. */
clock_us clock_wall_us(void);
/* Return the monotonic clock, for durations: it never goes back, and its zero is arbitrary. */
int64_t clock_mono_us(void);

/* "2026-11-23T17:59:18.572558Z" and a NUL. */
#define CLOCK_TEXT_SIZE 28

/* Format a time; times outside the years 1..9999 are clamped to that range. */
void clock_format(clock_us time, char text[CLOCK_TEXT_SIZE]);

/* Parse a full ISO 8601 date and time: `2026-11-23T17:59:18[.digits][Z|+hh:mm|+hhmm|+hh]`, with
 * `T`, `t` or a space in the middle. Without a zone it is UTC. Digits after the microsecond are
 * dropped. Second 60 is the first of the next minute. Return false for anything else. */
bool clock_parse(struct span text, clock_us *time);

/* Convert seconds since 1970, rounded to the nearest microsecond; return false outside the
 * years 1..9999. */
bool clock_from_epoch(double seconds, clock_us *time);

#endif
