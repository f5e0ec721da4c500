/* A time as people name it on a command line. */
#ifndef WD_DUMP_MOMENT_H
#define WD_DUMP_MOMENT_H

#include "common/clock.h"

/* Reads "2026-11-23" (its first moment, UTC), "2026-11-23T17:59:18.5Z" (without a zone UTC), or how
 * long before `now`: "90", "90s", "2h", "7d". False for anything else. */
bool moment_parse(const char *text, clock_us now, clock_us *moment);

#endif
