/* Creating the sink for a database. */
#ifndef WD_STORE_SINK_OPEN_H
#define WD_STORE_SINK_OPEN_H

#include "common/db/target.h"
#include "tools/wd-store/sink/sink.h"

/* Create the sink for `target`; it connects later. `force`: see sink_sqlite(). Return 0, EX_USAGE
 * or EX_OSERR. */
int sink_open(const struct target *target, bool force, struct sink **sink);

#endif
