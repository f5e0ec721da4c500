/* Storing a batch in which a row is bad: the good rows, and the bad ones as rejects. */
#ifndef WD_STORE_CAREFUL_H
#define WD_STORE_CAREFUL_H

#include "tools/wd-store/counts.h"
#include "tools/wd-store/sink.h"

/* Puts all lines of the batch in one transaction of the sink's. What the database refuses is halved
 * until each bad line is alone; that one becomes a row of `rejects`. `rows`, which holds what the
 * batch's lines are loaded as, is used for the parts; clear it afterwards. Returns 0 and adds to
 * `counts`; or an exit status or SINK_AGAIN, and nothing was stored. */
int bisect_store(struct sink *sink, struct batch *batch, struct rows *rows, struct counts *counts);

#endif
