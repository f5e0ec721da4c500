/* The header Retry-After. */
#ifndef WD_POLL_RETRY_AFTER_H
#define WD_POLL_RETRY_AFTER_H

#include "common/time/clock.h"

/* Return the seconds to wait, 1..300: the value is a number of seconds, or an HTTP date, which is
 * compared with `kit_now`, the kit's own clock. If it is invalid or absent (NULL or empty),
 * `default_s`. */
double retry_after_parse(const char *text, clock_us kit_now, double default_s);

#endif
