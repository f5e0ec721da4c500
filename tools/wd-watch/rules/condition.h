/* Conditions on the fields of a record: ranges, sets and patterns. */
#ifndef WD_WATCH_CONDITION_H
#define WD_WATCH_CONDITION_H

#include "common/base/buffer.h"
#include "tools/wd-watch/engine/line.h"

enum condition_kind {
	CONDITION_RANGE,   /* ">= 20", "< 5", "10..20", "7" */
	CONDITION_PATTERN, /* a text in which * and ? stand for others, as in fnmatch(3) */
};

/* Fields that wd-watch computes; they come before those of the record. */
enum condition_derived {
	DERIVED_KIND,             /* "drone", "aircraft", "signal", "kit" */
	DERIVED_KNOWN,            /* the tag of the known thing that it is, else "unknown" */
	DERIVED_RANGE_M,          /* between the drone and the kit that received it */
	DERIVED_PILOT_DISTANCE_M, /* between the drone and its pilot */
	DERIVED_ABOVE_KIT_M,      /* its altitude minus the kit's */
	DERIVED_COUNT,
};

/* The values of one record that conditions look at. Numbers are NAN where they are not known. */
struct condition_subject {
	const struct watch_line *line;
	const char *kind, *known;
	double range_m, pilot_distance_m, above_kit_m;
};

/* One alternative. */
struct condition_test {
	enum condition_kind kind;
	double min, max;
	bool above_min, below_max; /* the limit itself is outside */
	char *text;                /* as the rules file has it; owned */
};

/* A field that has to match one of its tests. */
struct condition {
	int derived; /* an enum condition_derived, or -1 */
	size_t key;  /* otherwise an index of struct watch_keys */
	const char *name;
	struct condition_test *tests;
	size_t count;
};

/* Find the field `name`, adding it to `keys`; false if there is no room or it is not a name. */
bool condition_open(struct condition *condition, struct watch_keys *keys, const char *name);
void condition_release(struct condition *condition);

/* Add an alternative; NULL, or what is wrong with `text`: a static text. */
const char *condition_add(struct condition *condition, const char *text);

/* Whether the record matches. A field that the record lacks matches nothing. */
bool condition_matches(const struct condition *condition, const struct condition_subject *subject);

/* Append "speed 31.2 >= 20" for a condition that matches. Texts of the record are data: the caller
 * escapes what it writes. */
void condition_explain(struct buffer *out, const struct condition *condition,
	const struct condition_subject *subject);

#endif
