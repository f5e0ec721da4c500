/* Fuzzes what wd-store reads: every line is counted once, no table gets a key twice, and no value
 * is one that a database could not take. */
#include "common/base/utf8.h"
#include "tests/fuzz/hold.h"
#include "tools/wd-store/rows/partition.h"
#include "tools/wd-store/rows/rows.h"

#include <math.h>
#include <stdint.h>
#include <stdlib.h>

#define LINES_MAX 64

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static struct batch batch;
static struct rows rows;

static void hold_text(struct span text)
{
	uint32_t code;

	for (size_t at = 0, taken; at < text.length; at += taken) {
		taken = utf8_decode(text.data + at, text.length - at, &code);
		hold(taken > 0 && code != 0, "texts are UTF-8 without NULs");
	}
}

static void hold_row(const struct table *table, const struct value *row)
{
	for (size_t c = 0; c < table->count; c++) {
		const struct column *column = &table->columns[c];
		hold(row[c].kind != VALUE_NULL || !column->key, "keys are there");
		if (row[c].kind == VALUE_TEXT)
			hold_text(row[c].text);
		if (row[c].kind == VALUE_REAL)
			hold(isfinite(row[c].real), "numbers are finite");
		if (row[c].kind == VALUE_INTEGER && column->kind == COLUMN_INTEGER)
			hold(row[c].integer == (int32_t)row[c].integer, "integers fit");
	}
}

static bool same_key(const struct table *table, const struct value *a, const struct value *b)
{
	for (size_t c = 0; c < table->count && table->columns[c].key; c++) {
		if (!value_equal(&a[c], &b[c]))
			return false;
	}
	return true;
}

static void hold_table(size_t t)
{
	const struct table *table = &tables[t];
	const struct value *values = rows.of[t].values;

	for (size_t i = 0; i < rows.of[t].count; i++) {
		hold_row(table, values + i * table->count);
		for (size_t j = 0; j < i; j++)
			hold(!same_key(table, values + i * table->count, values + j * table->count),
				"no key comes twice");
	}
}

static void add_lines(const char *at, const char *end)
{
	while (at < end && batch.count < LINES_MAX) {
		const char *newline = memchr(at, '\n', (size_t)(end - at));
		struct span line = {at, (size_t)((newline ? newline : end) - at)};
		hold(partition_of(line, 7) < 7, "a line has a job");
		hold(rows_add_line(&rows, batch_add(&batch, line, NULL)) == 0, "a line is read");
		at += line.length + 1;
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	if (!batch.lines && (batch_open(&batch, LINES_MAX) || rows_init(&rows, LINES_MAX)))
		abort();
	batch_clear(&batch);
	rows_clear(&rows);
	add_lines((const char *)data, (const char *)data + size);
	hold(rows.read + rows.rejected + rows.ignored == batch.count, "every line is counted once");
	for (size_t t = 0; t < TABLE_COUNT; t++)
		hold_table(t);
	return 0;
}
