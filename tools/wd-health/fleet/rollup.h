/* What is due for a kit when time passes: coverage of each minute, kit_status, staleness. */
#ifndef WD_HEALTH_ROLLUP_H
#define WD_HEALTH_ROLLUP_H

#include "tools/wd-health/fleet/health.h"

/* Return how long the kit may be without a good reply. */
int64_t rollup_threshold_us(const struct health *health, const struct health_kit *kit);

/* Bring the kit to `time` and append the records that are due. Its timeline may be empty: it then
 * begins at `time`. */
void rollup_advance(struct health *health, struct health_kit *kit, clock_us time);

/* Return when the kit has something due next, seen from `time`. */
clock_us rollup_next(const struct health *health, const struct health_kit *kit, clock_us time);

/* The kit's time was set back from `before`: reopen the minute, forget what is later. */
void rollup_set_back(struct health_kit *kit, const struct timeline *before);

#endif
