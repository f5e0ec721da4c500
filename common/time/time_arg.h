/* A time as users write it on a command line. */
#ifndef WD_COMMON_TIME_ARG_H
#define WD_COMMON_TIME_ARG_H

#include "common/time/clock.h"

/* Parse "2026-11-23" (its start, UTC), "2026-11-23T17:59:18.5Z" (UTC without a zone), or a time
 * before `now`: "90", "90s", "2h", "7d". False for anything else. */
bool time_arg_parse(const char *text, clock_us now, clock_us *time);

#endif
