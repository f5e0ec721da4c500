/* What people and the service manager can see of the work. */
#ifndef WD_DRAIN_REPORT_H
#define WD_DRAIN_REPORT_H

#include "tools/wd-drain/drain.h"

/* Log the status line, where there is anything to report, and send it to the service manager:
 * segments released since the last one, those that wait, their bytes, the age of the oldest, and
 * what became of the lines. Set `report_us`. */
void report_status(struct drain *drain, int64_t now_us);

/* Something was stored: writes HEALTH_FILE. */
void report_stored(const struct drain *drain);

/* With --once: shows at a terminal how many segments are done, after two seconds. */
void report_progress(const struct drain *drain, int64_t now_us);

#endif
