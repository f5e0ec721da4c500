/* The records that wd-health writes, and the changes that it logs. */
#ifndef WD_HEALTH_EMIT_H
#define WD_HEALTH_EMIT_H

#include "tools/wd-health/fleet/fleet.h"

/* Append `kit_status`: the state of the kit at `time`. */
void emit_status(struct buffer *out, const struct health_kit *kit, clock_us time);

/* Append `coverage`: the verdict on the minute, with its requests. */
void emit_coverage(struct buffer *out, const struct health_kit *kit, minute_number minute);

/* Append `kit_status`, and log that the kit left the state `before`. */
void emit_change(struct buffer *out, struct health_kit *kit, enum watch_state before);

/* Log that the kit repeats an old status, or no longer does. */
void emit_stale_status(const struct health_kit *kit);

#endif
