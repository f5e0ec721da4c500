/* Raising events: what they say, and why. */
#ifndef WD_WATCH_RAISE_H
#define WD_WATCH_RAISE_H

#include "tools/wd-watch/engine/engine.h"
#include "tools/wd-watch/engine/event.h"

/* The zone with this number; NULL for RULE_ZONE_NONE. */
const struct zone *engine_zone(const struct engine *engine, int zone);

/* An event of `rule` about a subject, as it was observed last; the caller sets its kind. */
struct raised_event event_of(struct engine *engine, const struct subject *subject,
	const struct rule *rule, int zone, clock_us time);

/* Write the event if its rule raises events of this kind. `values` (NULL: none) are what the
 * conditions of the rule matched; `event->why` is appended to the reasons. */
void raise_event(
	struct engine *engine, struct raised_event *event, const struct condition_subject *values);

#endif
