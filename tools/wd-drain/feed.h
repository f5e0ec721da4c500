/* What goes into a running pipeline: segments, a mark after each, checkpoints. */
#ifndef WD_DRAIN_FEED_H
#define WD_DRAIN_FEED_H

#include "tools/wd-drain/live.h"

/* Writes what the first stage takes and reads what is missing for that. Closes the input once all
 * that was requested is written. */
void feed(struct run *run);

#endif
