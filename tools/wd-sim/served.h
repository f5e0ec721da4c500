/* How often each endpoint was served: said at the end, so that a test can compare. */
#ifndef WD_SIM_SERVED
#define WD_SIM_SERVED

#include "tools/wd-sim/document.h"

struct served {
	int64_t replies[ENDPOINT_COUNT];
	int64_t not_found;
};

/* Logs a line an endpoint: `wd-sim: done endpoint=drones served=12`. */
void served_report(const struct served *served);

#endif
