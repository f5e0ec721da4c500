/* Lines decoded into rows: what a sink puts into the tables. */
#ifndef WD_STORE_ROWS_H
#define WD_STORE_ROWS_H

#include "common/scan/scan.h"
#include "tools/wd-store/deliver/counts.h"
#include "tools/wd-store/rows/batch.h"
#include "tools/wd-store/rows/value.h"

/* The rows of one table. Row i begins at values[i * table->count]. */
struct table_rows {
	struct value *values;
	size_t count, capacity;
};

/* The rows of a range of lines. Keys are unique: a line whose key exists already is merged into its
 * row by the rules of the database's upsert, so that a batch gives the same tables as its lines one
 * by one. */
struct rows {
	struct table_rows of[TABLE_COUNT];
	size_t read;     /* lines that became rows of their tables, or were merged into them */
	size_t rejected; /* lines that became rows of tables[TABLE_OWN_REJECTS] */
	size_t ignored;  /* lines of a type that has no table, */
	size_t not_normalized; /* and those of them that are replies with a body */

	bool ascii;     /* rejects are written in ASCII: set by the owner, kept by rows_clear() */
	clock_us limit; /* the latest time of a status that is believed */
	struct arena texts;
	struct scan_keys keys;
	const char *names[SCAN_KEYS_MAX];
	uint8_t body; /* where a reply's body is among the members */
	uint8_t member_of[TABLE_COUNT][COLUMNS_MAX];
	uint32_t *slots; /* open addressing by key; 0 is free */
	size_t slot_count;
};

/* Allocate for batches of at most `max` lines. Return 0 or EX_OSERR. */
int rows_init(struct rows *rows, size_t max);
void rows_release(struct rows *rows);

/* Add a line. Return 0 or EX_OSERR. The texts of the rows are valid for as long as the line's
 * bytes are, and until rows_clear(). */
int rows_add_line(struct rows *rows, const struct batch_line *line);
void rows_clear(struct rows *rows);

/* Replace all rows by those of these lines. Return 0 or EX_OSERR. */
int rows_set_lines(struct rows *rows, const struct batch_line *lines, size_t count);

/* Add the lines of the rows to `counts`; `stored` is how many rows were new or changed. */
void rows_count(const struct rows *rows, size_t stored, struct counts *counts);

#endif
