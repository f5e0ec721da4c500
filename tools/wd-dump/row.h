/* A row of a table, and the record that it came from. */
#ifndef WD_DUMP_ROW_H
#define WD_DUMP_ROW_H

#include "common/base/buffer.h"
#include "common/record/columns.h"
#include "common/time/clock.h"

enum cell_kind {
	CELL_NULL,
	CELL_INTEGER, /* also booleans (0, 1) and times (clock_us) */
	CELL_REAL,
	CELL_TEXT, /* tags are the JSON of their array */
};

/* Texts belong to the database library. */
struct cell {
	enum cell_kind kind;
	union {
		int64_t integer;
		double real;
		struct span text;
	};
};

/* One cell for each column of the table, in their order. */
struct row {
	const struct table *table;
	struct cell cells[COLUMNS_MAX];
};

/* Append the record: without nulls, the time first, numbers as the shortest text that reads back
 * the same. A row and its copy in another database give the same bytes. */
void row_put(struct buffer *out, const struct row *row);

/* Return the row's time, or 0 if its table has none. */
clock_us row_time(const struct row *row);

#endif
