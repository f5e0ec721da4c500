/* One column of a record: the value that was found, and what the rules made of it. */
#ifndef WD_NORMALIZE_CELL_H
#define WD_NORMALIZE_CELL_H

#include "common/base/buffer.h"
#include "common/time/clock.h"
#include "tools/wd-normalize/mapping.h"

/* What a record takes from the reply that it is part of. */
struct origin {
	struct span kit_id; /* plain UTF-8 */
	clock_us time;      /* of the reply */
	struct span offset; /* its clock_offset_s; `data` NULL: the kit's clock is right */
	double offset_s;    /* the same, kit - us; 0 where it is absent */
	bool is_mqtt;       /* it came by MQTT */
};

/* A time is used only within these limits around the reply's time. */
#define TIME_AHEAD_MAX_US  (5 * CLOCK_MINUTE_US)
#define TIME_BEHIND_MAX_US (30 * CLOCK_DAY_US)

enum cell_form {
	FORM_NONE,
	FORM_TOKEN, /* `span` is JSON already: digits or text unchanged */
	FORM_TEXT,  /* `span` is plain UTF-8 */
	FORM_NUMBER,
	FORM_TIME,
};

/* Spans point into the object, the origin or the row. */
struct map_cell {
	enum cell_form form;
	struct span span;
	double number; /* also of a token, where a rule had to look at it */
	clock_us time;
	const struct map_source *source; /* of the value, or NULL */
	struct span raw;                 /* the value as sent */
	const char *rule;                /* the rule that changed or discarded it, or NULL */
};

/* Memory for decoded texts. */
struct text_arena {
	char *at;
	size_t used, size;
};

/* Each converts cell->raw, the value of `member`, which is present, from cell->source to the form that
 * the column needs, or drops it, and notes the rule that did so. */
void cell_take_number(struct map_cell *cell, const struct scan_member *member,
	const struct map_column *column, unsigned variant);
void cell_take_share(struct map_cell *cell, const struct map_column *column, struct span total);
void cell_take_degrees(struct map_cell *cell, const struct scan_member *member,
	const struct map_column *column, double max);
/* A whole number within min..max; `whole` rounds a fraction. */
void cell_take_integer(struct map_cell *cell, const struct scan_member *member,
	const struct map_column *column, unsigned variant, double (*whole)(double), double min,
	double max);
void cell_take_text(struct map_cell *cell, const struct scan_member *member,
	const struct map_column *column, struct text_arena *texts);
void cell_take_flag(struct map_cell *cell);
/* `seconds` since 1970 by the kit's clock. */
void cell_take_time(struct map_cell *cell, double seconds, const struct origin *origin);
/* Use the reply's time, where no other one is usable. */
void cell_take_reply_time(struct map_cell *cell, const struct origin *origin, const char *why);

/* Discard the value: the column stays null. */
void cell_drop(struct map_cell *cell, const char *why);

/* Return whether the cell has the number 0. */
bool cell_is_zero(const struct map_cell *cell);

/* Return the text of a cell of a KIND_ID column, without quotes; `data` NULL where it has none. The
 * form is FORM_TEXT, or FORM_TOKEN of plain ASCII without escapes. */
struct span cell_text(const struct map_cell *cell);

/* Append the value of a cell that has one, as JSON. */
void cell_put(const struct map_cell *cell, struct buffer *out);

#endif
