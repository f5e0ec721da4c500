/* The output of a running pipeline: acknowledgements, which move the state and release
 * segments. */
#ifndef WD_DRAIN_ACKNOWLEDGED_H
#define WD_DRAIN_ACKNOWLEDGED_H

#include "tools/wd-drain/pipeline/live.h"

/* Read once what the last stage wrote, and commit the newest checkpoint that it acknowledged. */
void read_replies(struct run *run);

#endif
