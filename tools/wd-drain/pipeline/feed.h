/* The input of a running pipeline: segments, with marks and checkpoints between them. */
#ifndef WD_DRAIN_FEED_H
#define WD_DRAIN_FEED_H

#include "tools/wd-drain/pipeline/live.h"

/* Write what the first stage takes and read what is missing for that. Close the input once all
 * that was requested is written. */
void feed(struct run *run);

/* Whether feed() could send a mark now: no segment is half fed, and the first stage reads. */
bool feed_takes_mark(const struct run *run);

#endif
