#include "tools/wd-dump/row.h"

#include "common/lines/json.h"
#include "common/scan/scan.h"

#include <stdlib.h>

static size_t time_column(const struct table *table)
{
	for (size_t c = 0; c < table->count; c++) {
		if (strcmp(column_source(&table->columns[c]), "time") == 0)
			return c;
	}
	return table->count;
}

clock_us row_time(const struct row *row)
{
	size_t c = time_column(row->table);

	return c < row->table->count && row->cells[c].kind == CELL_INTEGER ? row->cells[c].integer
									   : 0;
}

/* The databases escape the same text differently: decode it and write our escapes. */
static void put_tags(struct buffer *out, const char *key, struct span json)
{
	struct scan_error error;
	struct span rest, item;
	const char *separator = "";

	if (!scan_check(json, SCAN_STRICT, &error) || scan_kind(json) != SCAN_ARRAY)
		return;
	char *text = malloc(json.length + 1);
	if (!text) {
		out->failed = true;
		return;
	}
	buffer_printf(out, ",\"%s\":[", key);
	rest = scan_items(json);
	while (scan_next(&rest, &item)) {
		size_t length = scan_text(item, text, json.length + 1);
		buffer_add_text(out, separator);
		json_put_text(out, (struct span){text, length});
		separator = ",";
	}
	buffer_add_char(out, ']');
	free(text);
}

static void put_integer(struct buffer *out, const char *key, enum column_kind kind, int64_t integer)
{
	if (kind == COLUMN_TIME)
		json_time(out, key, integer);
	else if (kind == COLUMN_BOOLEAN)
		json_bool(out, key, integer != 0);
	else if (kind == COLUMN_REAL)
		json_number(out, key, (double)integer);
	else
		json_integer(out, key, integer);
}

static void put_cell(struct buffer *out, const struct column *column, const struct cell *cell)
{
	const char *key = column_source(column);

	switch (cell->kind) {
	case CELL_NULL:
		break;
	case CELL_INTEGER:
		put_integer(out, key, column->kind, cell->integer);
		break;
	case CELL_REAL:
		json_number(out, key, cell->real);
		break;
	case CELL_TEXT:
		if (column->kind == COLUMN_TAGS)
			put_tags(out, key, cell->text);
		else
			json_text(out, key, cell->text);
		break;
	}
}

void row_put(struct buffer *out, const struct row *row)
{
	const struct table *table = row->table;
	size_t first = time_column(table);

	json_open(out, table->type);
	if (first < table->count)
		put_cell(out, &table->columns[first], &row->cells[first]);
	for (size_t c = 0; c < table->count; c++) {
		if (c != first && table->columns[c].kind != COLUMN_DIGEST)
			put_cell(out, &table->columns[c], &row->cells[c]);
	}
	json_close(out);
}
