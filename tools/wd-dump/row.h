/* A row of a table as the record that it came from. */
#ifndef WD_DUMP_ROW_H
#define WD_DUMP_ROW_H

#include "common/buffer.h"
#include "common/clock.h"
#include "common/columns.h"

enum cell_kind {
	CELL_NULL,
	CELL_INTEGER, /* also booleans (0, 1) and times (clock_us) */
	CELL_REAL,
	CELL_TEXT, /* tags are the JSON of their array */
};

/* Texts are the database's. */
struct cell {
	enum cell_kind kind;
	union {
		int64_t integer;
		double real;
		struct span text;
	};
};

/* The cells are those of the table's columns, in their order. */
struct row {
	const struct table *table;
	struct cell cells[COLUMNS_MAX];
};

/* Appends the record: nulls left out, the time first, numbers as the shortest text that reads back
 * the same. A record that wd-store made of a row is the same bytes as that of the row's copy. */
void row_put(struct buffer *out, const struct row *row);

/* When the row was; 0 where its table knows no times. */
clock_us row_time(const struct row *row);

#endif
