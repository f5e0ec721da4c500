/* What the rules make of an observation, of a subject that is lost, and of a kit's state. */
#ifndef WD_WATCH_LOOK_H
#define WD_WATCH_LOOK_H

#include "tools/wd-watch/engine/engine.h"

/* `line` is a new observation of `subject`, the newest; `before` is the time of the one before it,
 * 0 if it is the first. */
void look_observation(struct engine *engine, struct subject *subject, const struct watch_kit *kit,
	const struct watch_line *line, clock_us before);

/* `subject` is lost since `time`. */
void look_lost(struct engine *engine, struct subject *subject, clock_us time);

/* A kit's state becomes `state`; `kit->state` is still the one before, "" if there was none. */
void look_kit(struct engine *engine, struct watch_kit *kit, const char *state,
	const struct watch_line *line);

#endif
