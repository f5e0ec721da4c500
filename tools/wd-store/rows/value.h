/* One value of a row, as both sinks take it. */
#ifndef WD_STORE_VALUE_H
#define WD_STORE_VALUE_H

#include "common/record/columns.h"
#include "common/time/clock.h"
#include "tools/wd-store/rows/arena.h"

enum value_kind {
	VALUE_NULL,
	VALUE_INTEGER, /* also booleans (0, 1) and times (microseconds since 1970, UTC) */
	VALUE_REAL,    /* finite */
	VALUE_TEXT,    /* UTF-8 without NULs; tags are the JSON of their array */
};

struct value {
	enum value_kind kind;
	union {
		int64_t integer;
		double real;
		struct span text;
	};
};

/* Read a value that the scanner has checked (absent: `data` NULL) for `column`. Texts stay in the
 * line unless they must be decoded, which is done in `arena`. Return NULL, or the reason why the
 * column cannot hold the value: a static text such as "not a number". */
const char *value_read(
	const struct column *column, struct span json, struct arena *arena, struct value *value);

bool value_equal(const struct value *a, const struct value *b);

/* Return an order of two values of one kind, neither of which is null: texts by their bytes. */
int value_compare(const struct value *a, const struct value *b);

/* Whether a row of time `older` takes the values of one of time `newer`. Those of a time beyond
 * `limit` are never taken, and always replaced. */
bool value_time_replaces(clock_us older, clock_us newer, clock_us limit);

/* The row's value after the line `newer`, the same as by the SQL of upsert.h. `in_order`: the newer
 * row's clock, or the time of the column's group, replaces the older one's. */
struct value value_merge(enum column_merge merge, const struct value *older,
	const struct value *newer, bool in_order, clock_us limit);

#endif
