/* Rows in the binary format of COPY (PostgreSQL's manual: COPY, "Binary Format"). */
#include "common/base/xalloc.h"
#include "tools/wd-store/pg/pg.h"
#include "tools/wd-store/rows/sort.h"

#include <stdlib.h>

/* PostgreSQL's timestamps count microseconds from 2000-01-01. */
#define EPOCH_2000_US INT64_C(946684800000000)

/* Bytes handed to libpq at once, so that the server works while we encode. */
#define PIECE ((size_t)64 << 10)

static void put_bytes(struct buffer *out, uint64_t number, int size)
{
	char *at = buffer_reserve(out, (size_t)size);

	if (!at)
		return;
	for (int i = 0; i < size; i++)
		at[i] = (char)(number >> (8 * (size - 1 - i)));
	out->length += (size_t)size;
}

static void put_sized(struct buffer *out, uint64_t number, int size)
{
	put_bytes(out, (uint64_t)size, 4);
	put_bytes(out, number, size);
}

static void put_real(struct buffer *out, double number)
{
	uint64_t bits;

	memcpy(&bits, &number, sizeof(bits));
	put_sized(out, bits, 8);
}

static void put_value(struct buffer *out, enum column_kind kind, const struct value *value)
{
	if (value->kind == VALUE_NULL) {
		put_bytes(out, UINT32_MAX, 4);
		return;
	}
	switch (kind) {
	case COLUMN_TIME:
		put_sized(out, (uint64_t)(value->integer - EPOCH_2000_US), 8);
		return;
	case COLUMN_REAL:
		put_real(out, value->real);
		return;
	case COLUMN_INTEGER:
		put_sized(out, (uint64_t)value->integer, 4);
		return;
	case COLUMN_BIGINT:
		put_sized(out, (uint64_t)value->integer, 8);
		return;
	case COLUMN_BOOLEAN:
		put_sized(out, (uint64_t)value->integer, 1);
		return;
	case COLUMN_TEXT:
	case COLUMN_TAGS:
	case COLUMN_DIGEST:
		put_bytes(out, value->text.length, 4);
		buffer_add_span(out, value->text);
		return;
	}
}

static void put_row(struct buffer *out, const struct table *table, const struct value *row)
{
	put_bytes(out, table->count, 2);
	for (size_t c = 0; c < table->count; c++)
		put_value(out, table->columns[c].kind, &row[c]);
}

static bool send(struct pg_sink *pg)
{
	struct buffer *out = &pg->copy;
	bool sent = !out->failed && PQputCopyData(pg->conn, out->data, (int)out->length) == 1;

	out->length = 0;
	return sent;
}

static bool send_rows(struct pg_sink *pg, const struct table *table,
	const struct value *const *rows, size_t count, pg_row_call *meanwhile)
{
	static const char header[] = "PGCOPY\n\377\r\n\0\0\0\0\0\0\0\0";
	bool sent = true;

	pg->copy.length = 0;
	buffer_add(&pg->copy, header, sizeof(header) - 1 + 1);
	for (size_t i = 0; i < count && sent; i++) {
		put_row(&pg->copy, table, rows[i]);
		if (pg->copy.length >= PIECE)
			sent = send(pg);
		if (meanwhile)
			meanwhile(pg, rows[i]);
	}
	put_bytes(&pg->copy, UINT16_MAX, 2);
	return sent && send(pg);
}

/* The result of a broken connection is read with the others. */
void pg_copy_sorted(struct pg_sink *pg, size_t t, const struct value *const *rows, size_t count,
	pg_row_call *meanwhile)
{
	bool sent = send_rows(pg, &tables[t], rows, count, meanwhile);

	PQputCopyEnd(pg->conn, sent ? NULL : "not sent");
}

void pg_copy(struct pg_sink *pg, size_t t, const struct table_rows *rows)
{
	const struct value **order = xcalloc(rows->count, sizeof(const struct value *));

	sort_rows(&tables[t], rows, order);
	pg_copy_sorted(pg, t, order, rows->count, NULL);
	free(order);
}
