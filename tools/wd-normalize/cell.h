/* What becomes of one value on its way into a column. */
#ifndef WD_NORMALIZE_CELL_H
#define WD_NORMALIZE_CELL_H

#include "common/buffer.h"
#include "common/clock.h"
#include "tools/wd-normalize/table.h"

/* What a record takes over from the reply that it came in. */
struct origin {
	struct span kit_id; /* plain UTF-8 */
	clock_us time;      /* when the reply came */
	struct span offset; /* clock_offset_s as it stands there; `at` NULL: the clock is right */
	double offset_s;    /* the same, kit - us; 0 where it is not there */
};

/* A time is believed if it lies in this stretch around the reply's time. */
#define TIME_AHEAD_MAX_US  (5 * CLOCK_MINUTE_US)
#define TIME_BEHIND_MAX_US (30 * CLOCK_DAY_US)

enum form {
	FORM_NONE,
	FORM_TOKEN, /* `span` is JSON already, with the digits or the text that came in */
	FORM_TEXT,  /* `span` is plain UTF-8 */
	FORM_NUMBER,
	FORM_TIME,
};

/* What became of one column. Spans point into the object, the origin or the row. */
struct cell {
	enum form form;
	struct span span;
	double number; /* also of a token, where a rule had to look at it */
	clock_us time;
	const struct source *source; /* where it came from, or NULL */
	struct span raw;             /* what stood there */
	const char *rule;            /* what happened to it, or NULL */
};

/* Where decoded texts are kept. */
struct texts {
	char *at;
	size_t used, size;
};

/* Each takes cell->raw, a value that is given, from cell->source into the form that the column
 * wants, or drops it, and notes the rule that did so. */
void cell_take_number(struct cell *cell, const struct map_column *column, unsigned track);
void cell_take_share(struct cell *cell, const struct map_column *column, struct span total);
void cell_take_degrees(struct cell *cell, const struct map_column *column, double most);
/* Whole numbers within least..max; `whole` makes one of a fraction. */
void cell_take_integer(struct cell *cell, const struct map_column *column, unsigned track,
	double (*whole)(double), double least, double most);
void cell_take_text(struct cell *cell, const struct map_column *column, struct texts *texts);
void cell_take_flag(struct cell *cell);
/* `seconds` since 1970 by the kit's clock. */
void cell_take_time(struct cell *cell, double seconds, const struct origin *origin);
/* The reply's time, in place of one that is not given or not to be believed. */
void cell_take_reply_time(struct cell *cell, const struct origin *origin, const char *why);

/* The column stays null. */
void cell_drop(struct cell *cell, const char *why);

/* Appends the value of a cell that has one, as JSON. */
void cell_put(const struct cell *cell, struct buffer *out);

#endif
