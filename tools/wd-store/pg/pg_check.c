/* What PostgreSQL's tables must look like. */
#include "tools/wd-store/pg/pg.h"
#include "tools/wd-store/rows/keys.h"

#include <sysexits.h>

const char *const pg_types[] = {
	[COLUMN_TIME] = "timestamp with time zone",
	[COLUMN_TEXT] = "text",
	[COLUMN_REAL] = "double precision",
	[COLUMN_INTEGER] = "integer",
	[COLUMN_BIGINT] = "bigint",
	[COLUMN_BOOLEAN] = "boolean",
	[COLUMN_TAGS] = "text",
	[COLUMN_DIGEST] = "text",
};

/* Any other encoding lacks characters that drones send. */
enum sink_result pg_check_encoding(struct pg_sink *pg)
{
	const char *encoding = PQparameterStatus(pg->conn, "server_encoding");

	if (!encoding || strcmp(encoding, "UTF8") == 0 || strcmp(encoding, "SQL_ASCII") == 0)
		return SINK_OK;
	return sink_fail(&pg->sink, EX_CONFIG, "the database's encoding cannot store all text",
		{"encoding", encoding}, {"hint", "createdb -E UTF8 -T template0 NAME"});
}

/* Return the type that the database has for a column, or NULL. */
static const char *type_of(const PGresult *columns, const char *table, const char *column)
{
	for (int row = 0; row < PQntuples(columns); row++) {
		if (strcmp(PQgetvalue(columns, row, 0), table) == 0 &&
			strcmp(PQgetvalue(columns, row, 1), column) == 0)
			return PQgetvalue(columns, row, 2);
	}
	return NULL;
}

static enum sink_result check_table(struct pg_sink *pg, size_t t, const PGresult *columns)
{
	const struct table *table = &tables[t];

	pg->same_types[t] = true;
	for (size_t c = 0; c < table->count; c++) {
		const struct column *column = &table->columns[c];
		const char *type = type_of(columns, table->name, column->name);
		if (!type)
			return sink_fail(&pg->sink, EX_CONFIG, "the database lacks a column",
				{"table", table->name}, {"column", column->name},
				{"hint", "wd-store --migrate"});
		if (strcmp(type, pg_types[column->kind]) != 0)
			pg->same_types[t] = false;
	}
	return SINK_OK;
}

enum sink_result pg_check_columns(struct pg_sink *pg)
{
	struct buffer sql = {0};
	PGresult *columns;

	for (size_t t = 0; t < TABLE_COUNT; t++)
		buffer_printf(&sql,
			"%sSELECT '%s',attname,format_type(atttypid,NULL) FROM pg_attribute "
			"WHERE attrelid=to_regclass('%s') AND attnum>0 AND NOT attisdropped",
			t ? " UNION " : "", tables[t].name, tables[t].name);
	buffer_add_char(&sql, '\0');
	enum sink_result result = pg_query(pg, &sql, &columns);
	buffer_release(&sql);
	if (result != SINK_OK)
		return result;
	for (size_t t = 0; t < TABLE_COUNT && result == SINK_OK; t++)
		result = check_table(pg, t, columns);
	PQclear(columns);
	return result;
}

/* Select the tables without a valid, immediate, complete unique index on exactly the key. A view
 * has none of its own: whether it can be stored into is left to the probe. */
static enum sink_result find_missing_keys(struct pg_sink *pg, PGresult **missing)
{
	struct buffer sql = {0};

	buffer_add_text(&sql, "SELECT DISTINCT n FROM (VALUES ");
	for (size_t t = 0; t < TABLE_COUNT; t++) {
		buffer_printf(&sql, "%s('%s',ARRAY[", t ? "," : "", tables[t].name);
		key_columns(&sql, &tables[t], "'");
		buffer_add_text(&sql, "])");
	}
	buffer_add_text(&sql,
		") v(n,key) JOIN pg_class c ON c.oid=to_regclass(n) AND c.relkind IN ('r','p') "
		"WHERE NOT EXISTS (SELECT FROM pg_index i WHERE i.indrelid=c.oid AND i.indisunique "
		"AND i.indisvalid AND i.indimmediate AND i.indpred IS NULL AND i.indexprs IS NULL "
		"AND i.indnkeyatts=cardinality(key) AND key <@ ARRAY(SELECT a.attname::text "
		"FROM unnest(i.indkey) WITH ORDINALITY k(number,position) JOIN pg_attribute a "
		"ON a.attrelid=c.oid AND a.attnum=k.number WHERE k.position<=i.indnkeyatts))");
	buffer_add_char(&sql, '\0');
	enum sink_result result = pg_query(pg, &sql, missing);
	buffer_release(&sql);
	return result;
}

enum sink_result pg_check_keys(struct pg_sink *pg)
{
	PGresult *missing;
	enum sink_result result = find_missing_keys(pg, &missing);

	if (result != SINK_OK)
		return result;
	if (PQntuples(missing) > 0)
		result = sink_fail(&pg->sink, EX_CONFIG,
			"the database lacks a unique index on the key of a table",
			{"table", PQgetvalue(missing, 0, 0)}, {"hint", "wd-store --migrate"});
	PQclear(missing);
	return result;
}

static const struct table *table_named(const char *name)
{
	size_t t = 0;

	while (strcmp(tables[t].name, name) != 0)
		t++;
	return &tables[t];
}

/* Fail if rows would prevent the unique index. */
static enum sink_result check_duplicates(struct pg_sink *pg, const struct table *table)
{
	struct buffer sql = {0};
	PGresult *rows;

	key_duplicates(&sql, table);
	buffer_add_char(&sql, '\0');
	enum sink_result result = pg_query(pg, &sql, &rows);
	buffer_release(&sql);
	if (result != SINK_OK)
		return result;
	if (!PQgetisnull(rows, 0, 0))
		result = key_fail(&pg->sink, table, PQgetvalue(rows, 0, 0));
	PQclear(rows);
	return result;
}

static enum sink_result create_key(struct pg_sink *pg, const struct table *table)
{
	struct buffer sql = {0};
	enum sink_result result = check_duplicates(pg, table);

	key_create(&sql, DIALECT_POSTGRESQL, table);
	buffer_add_char(&sql, '\0');
	if (result == SINK_OK)
		result = sql.failed ? sink_fail(&pg->sink, EX_OSERR, "out of memory")
				    : pg_run(pg, sql.data);
	buffer_release(&sql);
	return result;
}

enum sink_result pg_create_keys(struct pg_sink *pg)
{
	PGresult *missing;
	enum sink_result result = find_missing_keys(pg, &missing);

	if (result != SINK_OK)
		return result;
	for (int row = 0; row < PQntuples(missing) && result == SINK_OK; row++)
		result = create_key(pg, table_named(PQgetvalue(missing, row, 0)));
	PQclear(missing);
	return result;
}

/* Fail if the query `sql`, which is released, finds a table and a privilege that the user lacks. */
static enum sink_result require(
	struct pg_sink *pg, struct buffer *sql, const char *message, const char *hint)
{
	PGresult *missing;

	buffer_add_char(sql, '\0');
	enum sink_result result = pg_query(pg, sql, &missing);
	buffer_release(sql);
	if (result != SINK_OK)
		return result;
	if (PQntuples(missing) > 0)
		result = sink_fail(&pg->sink, EX_CONFIG, message,
			{"table", PQgetisnull(missing, 0, 0) ? NULL : PQgetvalue(missing, 0, 0)},
			{"privilege", PQgetvalue(missing, 0, 1)}, {"hint", hint});
	PQclear(missing);
	return result;
}

enum sink_result pg_check_privileges(struct pg_sink *pg)
{
	struct buffer sql = {0};

	buffer_add_text(&sql, "SELECT t,p FROM unnest(ARRAY['SELECT','INSERT','UPDATE']) p,"
			      "unnest(ARRAY[");
	for (size_t t = 0; t < TABLE_COUNT; t++)
		buffer_printf(&sql, "%s'%s'", t ? "," : "", tables[t].name);
	buffer_add_text(&sql, "]) t WHERE NOT has_table_privilege(t,p) UNION ALL "
			      "SELECT NULL,'TEMPORARY' "
			      "WHERE NOT has_database_privilege(current_database(),'TEMPORARY')");
	return require(
		pg, &sql, "the user lacks a privilege that storing needs", sqlstate_hint("42501"));
}

enum sink_result pg_check_delete(struct sink *sink, const bool wanted[TABLE_COUNT])
{
	struct pg_sink *pg = (struct pg_sink *)sink;
	struct buffer sql = {0};
	enum sink_result result = pg_connect(pg);

	if (result != SINK_OK)
		return result;
	buffer_printf(&sql, "SELECT t,p FROM (VALUES ('wd_schema','%s')",
		wanted[TABLE_DRONE] ? "UPDATE" : "SELECT");
	for (size_t t = 0; t < TABLE_COUNT; t++) {
		if (wanted[t])
			buffer_printf(&sql, ",('%s','SELECT'),('%s','DELETE')", tables[t].name,
				tables[t].name);
	}
	buffer_add_text(&sql, ") v(t,p) WHERE NOT has_table_privilege(t,p) ORDER BY p,t");
	return require(pg, &sql, "the user lacks a privilege that deleting rows needs",
		"run this as the owner of the tables, or GRANT the privilege to this user");
}
