/* The decisions: lines in, events out. Only lines move time; no clock, no file, no socket. */
#ifndef WD_WATCH_ENGINE_H
#define WD_WATCH_ENGINE_H

#include "tools/wd-watch/engine/subject.h"

/* A subject that is inside a zone at its first observation within this time of the moment when the
 * rule was first applied was there before the rule: `present`, not `enter`. */
#define ENGINE_PRESENT_US CLOCK_MINUTE_US

/* In `outside_m`: the zone is far away and no rule has a track in it. INFINITY: only far away. */
#define ENGINE_ZONE_FAR (-1.0)

struct engine {
	const struct rules *rules; /* borrowed */
	struct buffer *out;        /* borrowed: event lines are appended */
	int64_t late_us;           /* older observations, by their kit's time, raise no event */
	struct subjects subjects;
	clock_us *loaded; /* by rule: the time of the lines when it was first applied; 0: not yet */
	double *outside_m;     /* by zone, for the observation that is looked at; NAN: far away */
	uint64_t events, late; /* counts, for the log */
};

/* `rules` and `out` must outlive the engine. */
void engine_init(
	struct engine *engine, const struct rules *rules, int64_t late_us, struct buffer *out);
void engine_release(struct engine *engine);

/* Look at one line, in the order of the stream. */
void engine_line(struct engine *engine, const struct watch_line *line);

#endif
