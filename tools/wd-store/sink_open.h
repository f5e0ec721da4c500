/* Creating the sink that a target names. */
#ifndef WD_STORE_OPEN_H
#define WD_STORE_OPEN_H

#include "tools/wd-store/sink.h"

/* Create the sink for `target`; it connects later. Returns 0, EX_USAGE if `target` is not a
 * database, or EX_OSERR. */
int sink_open(const char *target, struct sink **sink);

#endif
