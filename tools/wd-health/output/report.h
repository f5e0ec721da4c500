/* The report of each minute, in the log. */
#ifndef WD_HEALTH_REPORT_H
#define WD_HEALTH_REPORT_H

#include "tools/wd-health/fleet/health.h"

/* Log the number of watched kits by state; with `report_lines` or at level debug, one block of
 * lines about the watched kits. */
void report_log(const struct health *health);

/* Log that the link to all kits went down or came up, and note it. */
void report_link(struct health *health, bool is_down);

/* Log that the fleet is full, if lines were rejected since. */
void report_rejected(struct fleet *fleet);

#endif
