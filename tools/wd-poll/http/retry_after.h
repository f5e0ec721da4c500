/* What a kit asks for when it wants to be left alone. */
#ifndef WD_POLL_RETRY_AFTER_H
#define WD_POLL_RETRY_AFTER_H

#include "common/clock.h"

/* The seconds to wait, 1..300, for the value of a Retry-After header: a number of seconds, or an
 * HTTP date, which is compared with `kit_now`, the kit's own clock. What makes no sense, or is
 * missing (NULL or empty), means `otherwise_s`. */
double retry_after_parse(const char *text, clock_us kit_now, double otherwise_s);

#endif
