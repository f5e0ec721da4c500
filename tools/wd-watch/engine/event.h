/* The `event` line. */
#ifndef WD_WATCH_EVENT_H
#define WD_WATCH_EVENT_H

#include "tools/wd-watch/engine/subject.h"

/* Everything is borrowed. Numbers are NAN and texts NULL where they are not known. */
struct raised_event {
	clock_us time;
	enum watch_event kind;
	const struct rule *rule;
	const struct zone *zone; /* NULL: none */
	const char *subject;
	enum subject_kind subject_kind;
	const struct reception *receptions; /* by which kits; NULL: `kit` alone */
	const char *kit;
	bool has_position;
	struct position position;
	double alt_m, distance_m, pilot_distance_m;
	clock_us since; /* since when it is there, or was; 0: not known */
	struct span why;
};

/* Append the line. Texts in `why` and `text` are data: control characters, invisible characters
 * and bidirectional controls in the names of a record become U+FFFD. */
void event_put(struct buffer *out, const struct raised_event *event);

#endif
