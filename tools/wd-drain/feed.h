/* The input of a running pipeline: segments, a mark after each, checkpoints. */
#ifndef WD_DRAIN_FEED_H
#define WD_DRAIN_FEED_H

#include "tools/wd-drain/live.h"

/* Write what the first stage takes and read what is missing for that. Close the input once all
 * that was requested is written. */
void feed(struct run *run);

#endif
