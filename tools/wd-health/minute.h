/* The end of a minute: a verdict on each kit, what is written of it, what is logged. */
#ifndef WD_HEALTH_MINUTE_H
#define WD_HEALTH_MINUTE_H

#include "tools/wd-health/health.h"

/* Closes the open minute of all kits. `gap` says that the stream leapt over this minute: there is
 * nothing to tell but that. Writes to stdout where much has come together. Returns 0 or an exit
 * status. */
int minute_close(struct health *health, minute_number minute, bool gap);

/* Opens a minute again that may have been closed before, for all kits. */
void minute_reopen(struct health *health, minute_number minute);

#endif
