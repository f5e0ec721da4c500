/* What PostgreSQL's tables must look like, and the temporary ones beside them. */
#include "common/log.h"
#include "tools/wd-store/pg/pg.h"
#include "tools/wd-store/upsert.h"

#include <stdio.h>
#include <sysexits.h>

static const char *const type_names[] = {
	[COLUMN_TIME] = "timestamp with time zone",
	[COLUMN_TEXT] = "text",
	[COLUMN_REAL] = "double precision",
	[COLUMN_INTEGER] = "integer",
	[COLUMN_BIGINT] = "bigint",
	[COLUMN_BOOLEAN] = "boolean",
	[COLUMN_TAGS] = "text",
	[COLUMN_DIGEST] = "text",
};

/* The type of a column as the database has it, or NULL. */
static const char *type_of(const PGresult *columns, const char *table, const char *column)
{
	for (int row = 0; row < PQntuples(columns); row++) {
		if (strcmp(PQgetvalue(columns, row, 0), table) == 0 &&
			strcmp(PQgetvalue(columns, row, 1), column) == 0)
			return PQgetvalue(columns, row, 2);
	}
	return NULL;
}

static int check_table(struct pg_sink *pg, size_t t, const PGresult *columns)
{
	const struct table *table = &tables[t];

	pg->same_types[t] = true;
	for (size_t c = 0; c < table->count; c++) {
		const struct column *column = &table->columns[c];
		const char *type = type_of(columns, table->name, column->name);
		if (!type)
			return fail(EX_CONFIG, "the database lacks a column",
				{"table", table->name}, {"column", column->name},
				{"hint", "wd-store --migrate"});
		if (strcmp(type, type_names[column->kind]) != 0)
			pg->same_types[t] = false;
	}
	return 0;
}

int pg_check_schema(struct pg_sink *pg)
{
	struct buffer sql = {0};
	int status = 0;

	for (size_t t = 0; t < TABLE_COUNT; t++)
		buffer_printf(&sql,
			"%sSELECT '%s',attname,format_type(atttypid,NULL) FROM pg_attribute "
			"WHERE attrelid=to_regclass('%s') AND attnum>0 AND NOT attisdropped",
			t ? " UNION " : "", tables[t].name, tables[t].name);
	buffer_add_char(&sql, '\0');
	PGresult *columns = sql.failed ? NULL : PQexec(pg->conn, sql.data);
	buffer_release(&sql);
	if (PQresultStatus(columns) != PGRES_TUPLES_OK)
		return pg_check_result(pg, columns);
	for (size_t t = 0; t < TABLE_COUNT && !status; t++)
		status = check_table(pg, t, columns);
	PQclear(columns);
	return status;
}

int pg_check_rights(struct pg_sink *pg)
{
	struct buffer sql = {0};
	int status = 0;

	buffer_add_text(&sql, "SELECT t, p FROM unnest(ARRAY['SELECT','INSERT','UPDATE']) p, "
			      "unnest(ARRAY[");
	for (size_t t = 0; t < TABLE_COUNT; t++)
		buffer_printf(&sql, "%s'%s'", t ? "," : "", tables[t].name);
	buffer_add_text(&sql, "]) t WHERE NOT has_table_privilege(t, p)");
	buffer_add_char(&sql, '\0');
	PGresult *lacking = sql.failed ? NULL : PQexec(pg->conn, sql.data);
	buffer_release(&sql);
	if (PQresultStatus(lacking) != PGRES_TUPLES_OK)
		return pg_check_result(pg, lacking);
	if (PQntuples(lacking) > 0)
		status = fail(EX_CONFIG, "the database does not let this user store",
			{"table", PQgetvalue(lacking, 0, 0)}, {"right", PQgetvalue(lacking, 0, 1)},
			{"hint", sqlstate_hint("42501")});
	PQclear(lacking);
	return status;
}

/* What a column of the temporary table is on its way into the real one. */
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

static void put_statement(struct buffer *sql, size_t t)
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
	buffer_add_char(sql, '\0');
}

static void put_temporary_table(struct buffer *sql, size_t t)
{
	buffer_printf(sql, "CREATE TEMPORARY TABLE wd_stage_%zu (", t);
	for (size_t c = 0; c < tables[t].count; c++)
		buffer_printf(sql, "%s%s %s", c ? "," : "", tables[t].columns[c].name,
			type_names[tables[t].columns[c].kind]);
	buffer_add(sql, ") ON COMMIT DELETE ROWS", sizeof(") ON COMMIT DELETE ROWS"));
}

int pg_stage(struct pg_sink *pg, size_t t)
{
	struct buffer sql = {0};
	char name[24];
	int status;

	if (pg->staged[t])
		return 0;
	put_temporary_table(&sql, t);
	status = sql.failed ? fail(EX_OSERR, "out of memory") : pg_run(pg, sql.data);
	sql.length = 0;
	put_statement(&sql, t);
	snprintf(name, sizeof(name), "put_%zu", t);
	if (!status && !sql.failed)
		status = pg_check_result(pg, PQprepare(pg->conn, name, sql.data, 0, NULL));
	pg->staged[t] = !status;
	buffer_release(&sql);
	return status;
}
