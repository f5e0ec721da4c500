/* From the name of a target to its sink. */
#ifndef WD_STORE_OPEN_H
#define WD_STORE_OPEN_H

#include "tools/wd-store/sink.h"

/* The sink that `target` names; nothing is opened yet. Returns 0, EX_USAGE where it names none, or
 * EX_OSERR. */
int open_sink(const char *target, struct sink **sink);

#endif
