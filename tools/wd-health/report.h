/* The minute report: what people read in the log. */
#ifndef WD_HEALTH_REPORT_H
#define WD_HEALTH_REPORT_H

#include "tools/wd-health/fleet.h"

/* Logs one block of lines, as the specification has them, about the watched kits. */
void report_log(const struct fleet *fleet);

#endif
