/* What wd-health says: its records on the pipe, and what it logs of changes. */
#ifndef WD_HEALTH_SAY_H
#define WD_HEALTH_SAY_H

#include "tools/wd-health/fleet.h"

/* `kit_status`: the state that the kit is in at `time`. */
void say_status(struct buffer *out, const struct kit *kit, clock_us time);

/* `coverage`: the verdict on the minute, with its requests. */
void say_coverage(struct buffer *out, const struct kit *kit, minute_number minute);

/* `kit_status`, and a line in the log: the kit was in the state `before`. */
void say_change(struct buffer *out, struct kit *kit, enum watch_state before);

/* In the log: the kit's status begins to stand still, or moves again. */
void say_standstill(const struct kit *kit);

#endif
