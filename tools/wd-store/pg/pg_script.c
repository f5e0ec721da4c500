/* The statements that store a batch. */
#include "tools/wd-store/pg/pg.h"
#include "tools/wd-store/upsert.h"

static const char *const stage_types[] = {
	[COLUMN_TIME] = "timestamp with time zone",
	[COLUMN_TEXT] = "text",
	[COLUMN_REAL] = "double precision",
	[COLUMN_INTEGER] = "integer",
	[COLUMN_BIGINT] = "bigint",
	[COLUMN_BOOLEAN] = "boolean",
	[COLUMN_TAGS] = "text",
	[COLUMN_DIGEST] = "text",
};

/* JIT would compile the statement for each batch. */
void pg_put_settings(const struct pg_sink *pg, struct buffer *sql)
{
	buffer_add_text(sql, "SET LOCAL jit=off;");
	if (pg->limits_decompression)
		buffer_add_text(sql,
			"SET LOCAL timescaledb.max_tuples_decompressed_per_dml_transaction=0;");
}

size_t pg_settings_count(const struct pg_sink *pg)
{
	return pg->limits_decompression ? 2 : 1;
}

/* The value of a column of the temporary table on its way into the real one. */
static void put_expression(struct buffer *sql, const struct column *column)
{
	if (column->absent == ABSENT_NOW)
		buffer_printf(sql, "COALESCE(%s,now())", column->name);
	else if (column->kind == COLUMN_TAGS)
		buffer_printf(sql,
			"CASE WHEN %s IS NOT NULL THEN "
			"ARRAY(SELECT json_array_elements_text(%s::json)) END",
			column->name, column->name);
	else
		buffer_add_text(sql, column->name);
}

static void put_stage(struct buffer *sql, size_t t)
{
	buffer_printf(sql, "CREATE TEMPORARY TABLE wd_stage_%zu (", t);
	for (size_t c = 0; c < tables[t].count; c++)
		buffer_printf(sql, "%s%s %s", c ? "," : "", tables[t].columns[c].name,
			stage_types[tables[t].columns[c].kind]);
	buffer_add_text(sql, ") ON COMMIT DROP;");
}

static void put_copy(struct buffer *sql, size_t t, bool direct)
{
	buffer_add_text(sql, "COPY ");
	if (direct)
		buffer_add_text(sql, tables[t].name);
	else
		buffer_printf(sql, "wd_stage_%zu", t);
	buffer_add_text(sql, " (");
	upsert_columns(sql, &tables[t]);
	buffer_add_text(sql, ") FROM STDIN BINARY;");
}

static void put_upsert(struct buffer *sql, size_t t)
{
	const struct table *table = &tables[t];

	buffer_printf(sql, "INSERT INTO %s AS t (", table->name);
	upsert_columns(sql, table);
	buffer_add_text(sql, ") SELECT ");
	for (size_t c = 0; c < table->count; c++) {
		if (c)
			buffer_add_char(sql, ',');
		put_expression(sql, &table->columns[c]);
	}
	buffer_printf(sql, " FROM wd_stage_%zu", t);
	upsert_conflict(sql, DIALECT_POSTGRESQL, table);
	buffer_add_char(sql, ';');
}

void pg_put_script(struct buffer *sql, size_t t, bool direct)
{
	if (!direct)
		put_stage(sql, t);
	put_copy(sql, t, direct);
	if (!direct)
		put_upsert(sql, t);
}
