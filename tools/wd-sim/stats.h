/* The number of replies, which is logged at the end. */
#ifndef WD_SIM_STATS_H
#define WD_SIM_STATS_H

#include "tools/wd-sim/document.h"

struct stats {
	int64_t replies[ENDPOINT_COUNT];
	int64_t not_found;
};

/* Log one line per endpoint: `wd-sim: done endpoint=drones served=12`. */
void stats_report(const struct stats *stats);

#endif
