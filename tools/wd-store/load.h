/* Lines as rows: what a sink puts into the tables. */
#ifndef WD_STORE_LOAD_H
#define WD_STORE_LOAD_H

#include "common/scan/scan.h"
#include "tools/wd-store/batch.h"
#include "tools/wd-store/counts.h"
#include "tools/wd-store/value.h"

/* Row i is values[i * table->count] and what follows it. */
struct rows {
	struct value *values;
	size_t count, capacity;
};

/* The rows of a range of lines. No two rows of a table have one key: a line whose row is there
 * already is folded into it, by the rules by which the database folds it into what it holds. So a
 * load gives the same tables as its lines one by one. */
struct load {
	struct rows rows[TABLE_COUNT];
	size_t read;     /* lines that became rows of their tables, or part of them */
	size_t rejected; /* lines that became rows of tables[TABLE_OWN_REJECTS] */
	size_t ignored;  /* lines of a type that has no table */

	clock_us limit; /* the latest time of a status that is believed */
	struct arena texts;
	struct scan_keys keys;
	const char *names[SCAN_KEYS_MAX];
	uint8_t member_of[TABLE_COUNT][COLUMNS_MAX];
	uint32_t *slots; /* open addressing by key; a row of a table, 0 is free */
	size_t slot_count;
};

/* For batches of at most `most` lines. Returns 0 or EX_OSERR. */
int load_open(struct load *load, size_t most);
void load_close(struct load *load);

/* Adds a line. Returns 0 or EX_OSERR. The texts of the rows are valid as long as the line's bytes,
 * and until the load is cleared. */
int load_line(struct load *load, const struct line *line);
void load_clear(struct load *load);

/* Clears it, then adds these lines. */
int load_lines(struct load *load, const struct line *lines, size_t count);

/* Adds the lines of the load to `counts`, given how many of its rows were new or changed. */
void load_count(const struct load *load, size_t stored, struct counts *counts);

#endif
