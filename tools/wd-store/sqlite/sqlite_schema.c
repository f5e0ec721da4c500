/* The tables of a SQLite file. */
#include "tools/wd-store/sqlite/sqlite_schema.h"

#include "common/base/array.h"
#include "tools/wd-store/schema/schema.h"
#include "tools/wd-store/sql.h"

static int run(sqlite3 *db, struct buffer *sql)
{
	buffer_add_char(sql, '\0');
	int code = sql->failed ? SQLITE_NOMEM : sqlite3_exec(db, sql->data, NULL, NULL, NULL);
	buffer_release(sql);
	return code;
}

static bool has_column(sqlite3 *db, const struct table *table, const struct column *column)
{
	return sqlite3_table_column_metadata(db, NULL, table->name, column->name, NULL, NULL, NULL,
		       NULL, NULL) == SQLITE_OK;
}

/* SQLite has no ADD COLUMN IF NOT EXISTS. A table without a column of its key is another program's: it
 * is left as it is. */
static int add_columns(sqlite3 *db, const struct table *table)
{
	struct buffer sql = {0};

	for (size_t c = 0; c < table->count; c++) {
		if (table->columns[c].key || has_column(db, table, &table->columns[c]))
			continue;
		buffer_printf(&sql, "ALTER TABLE %s ", table->name);
		schema_add_column(&sql, DIALECT_SQLITE, &table->columns[c]);
		buffer_add_text(&sql, ";\n");
	}
	return run(db, &sql);
}

/* sql/sqlite.sql creates them in new files. */
static int add_schema_columns(sqlite3 *db)
{
	static const char *const names[] = {"rows_kept_from", "sightings_from"};
	struct buffer sql = {0};

	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		if (sqlite3_table_column_metadata(db, NULL, "wd_schema", names[i], NULL, NULL, NULL,
			    NULL, NULL) != SQLITE_OK)
			buffer_printf(
				&sql, "ALTER TABLE wd_schema ADD COLUMN %s TEXT;\n", names[i]);
	}
	return run(db, &sql);
}

int sqlite_create_tables(sqlite3 *db)
{
	struct buffer tables_sql = {0}, rest = {0};

	buffer_add_text(&tables_sql, sql_sqlite);
	for (size_t t = 0; t < TABLE_COUNT; t++)
		schema_create(&tables_sql, DIALECT_SQLITE, t);
	int code = run(db, &tables_sql);
	if (code == SQLITE_OK)
		code = add_schema_columns(db);
	for (size_t t = 0; t < TABLE_COUNT && code == SQLITE_OK; t++)
		code = add_columns(db, &tables[t]);
	if (code != SQLITE_OK)
		return code;
	buffer_add_text(&rest, sql_indexes);
	schema_complete(&rest, DIALECT_SQLITE);
	return run(db, &rest);
}
