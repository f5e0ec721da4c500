/* The end of a minute: a verdict on each kit, what is written of it, what is logged. */
#ifndef WD_HEALTH_MINUTE_H
#define WD_HEALTH_MINUTE_H

#include "tools/wd-health/fleet.h"

/* Closes the open minute of all kits; `newest` is the newest that the stream has come to. Appends
 * what is to be told to `out`. `gap` says that the stream leapt over this minute: there is nothing
 * to tell but that. */
void minute_close(struct fleet *fleet, minute_number minute, minute_number newest, bool gap,
	struct buffer *out);

/* Opens a minute again that may have been closed before, for all kits. */
void minute_reopen(struct fleet *fleet, minute_number minute);

#endif
