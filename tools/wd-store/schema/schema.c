/* The statements that create the tables, or add what an older database lacks. */
#include "tools/wd-store/schema/schema.h"

#include <float.h>

static const char *const types[DIALECT_COUNT][COLUMN_DIGEST + 1] = {
	[DIALECT_POSTGRESQL] =
		{
			[COLUMN_TIME] = "timestamptz",
			[COLUMN_TEXT] = "text",
			[COLUMN_REAL] = "double precision",
			[COLUMN_INTEGER] = "integer",
			[COLUMN_BIGINT] = "bigint",
			[COLUMN_BOOLEAN] = "boolean",
			[COLUMN_TAGS] = "text[]",
			[COLUMN_DIGEST] = "text",
		},
	/* Times are RFC 3339 text in UTC with microseconds, so that they sort as text. */
	[DIALECT_SQLITE] =
		{
			[COLUMN_TIME] = "TEXT",
			[COLUMN_TEXT] = "TEXT",
			[COLUMN_REAL] = "REAL",
			[COLUMN_INTEGER] = "INTEGER",
			[COLUMN_BIGINT] = "INTEGER",
			[COLUMN_BOOLEAN] = "INTEGER",
			[COLUMN_TAGS] = "TEXT",
			[COLUMN_DIGEST] = "TEXT",
		},
};

static void put_allowed(struct buffer *sql, const struct column *column)
{
	buffer_printf(sql, " CHECK (%s IN (", column->name);
	for (size_t i = 0; column->among[i]; i++)
		buffer_printf(sql, "%s'%s'", i ? ", " : "", column->among[i]);
	buffer_add_text(sql, "))");
}

static void put_check(struct buffer *sql, enum dialect dialect, const struct column *column)
{
	if (column->among)
		put_allowed(sql, column);
	if (column->max > column->min)
		buffer_printf(sql, " CHECK (%s >= %g", column->name, column->min);
	if (column->max > column->min && column->max < DBL_MAX)
		buffer_printf(sql, " AND %s <= %g", column->name, column->max);
	if (column->max > column->min)
		buffer_add_char(sql, ')');
	if (column->kind == COLUMN_BOOLEAN && dialect == DIALECT_SQLITE)
		buffer_printf(sql, " CHECK (%s IN (0, 1))", column->name);
}

static void put_column(struct buffer *sql, enum dialect dialect, const struct column *column)
{
	buffer_printf(sql, "%s %s", column->name, types[dialect][column->kind]);
	if (column->key)
		buffer_add_text(sql, " NOT NULL");
	if (column->absent == ABSENT_TRUE)
		buffer_add_text(sql, " NOT NULL DEFAULT TRUE");
	if (column->initial)
		buffer_printf(sql, " DEFAULT '%s'", column->initial);
}

void schema_create(struct buffer *sql, enum dialect dialect, size_t t)
{
	const struct table *table = &tables[t];

	buffer_printf(sql, "CREATE TABLE IF NOT EXISTS %s (", table->name);
	for (size_t c = 0; c < table->count; c++) {
		put_column(sql, dialect, &table->columns[c]);
		put_check(sql, dialect, &table->columns[c]);
		buffer_add_text(sql, ", ");
	}
	for (size_t c = 0; c < table->count && table->columns[c].key; c++)
		buffer_printf(sql, "%s%s", c ? ", " : "PRIMARY KEY (", table->columns[c].name);
	buffer_printf(sql, "))%s;\n", dialect == DIALECT_SQLITE ? " STRICT" : "");
}

/* Without its CHECK on PostgreSQL: TimescaleDB refuses one where chunks are compressed, and
 * value_read() checks the same. */
void schema_add_column(struct buffer *sql, enum dialect dialect, const struct column *column)
{
	buffer_printf(sql, "ADD COLUMN %s", dialect == DIALECT_POSTGRESQL ? "IF NOT EXISTS " : "");
	put_column(sql, dialect, column);
	if (dialect == DIALECT_SQLITE)
		put_check(sql, dialect, column);
}

static void add_columns(struct buffer *sql, const struct table *table)
{
	const char *before = "ALTER TABLE ";

	for (size_t c = 0; c < table->count; c++) {
		if (table->columns[c].key)
			continue;
		buffer_printf(sql, "%s%s ", before, before[0] == 'A' ? table->name : "");
		schema_add_column(sql, DIALECT_POSTGRESQL, &table->columns[c]);
		before = ",";
	}
	buffer_add_text(sql, ";\n");
}

/* Older databases allow three states of a kit, or any; rows that are there already may stay. */
static void replace_check(struct buffer *sql, const struct table *table, const char *name)
{
	for (size_t c = 0; c < table->count; c++) {
		if (strcmp(table->columns[c].name, name) != 0)
			continue;
		buffer_printf(sql,
			"ALTER TABLE %s DROP CONSTRAINT IF EXISTS %s_%s_check;\n"
			"ALTER TABLE %s ADD CONSTRAINT %s_%s_check",
			table->name, table->name, name, table->name, table->name, name);
		put_allowed(sql, &table->columns[c]);
		buffer_add_text(sql, " NOT VALID;\n");
	}
}

/* Older databases have null, and no default. SQLite cannot change a default: its rows are
 * completed whenever a file is opened. */
static void put_initial(struct buffer *sql, enum dialect dialect, const struct table *table,
	const struct column *column)
{
	if (dialect == DIALECT_POSTGRESQL)
		buffer_printf(sql, "ALTER TABLE %s ALTER COLUMN %s SET DEFAULT '%s';\n",
			table->name, column->name, column->initial);
	buffer_printf(sql, "UPDATE %s SET %s = '%s' WHERE %s IS NULL;\n", table->name, column->name,
		column->initial, column->name);
}

void schema_complete(struct buffer *sql, enum dialect dialect)
{
	for (size_t t = 0; t < TABLE_COUNT; t++) {
		for (size_t c = 0; c < tables[t].count; c++) {
			if (tables[t].columns[c].initial)
				put_initial(sql, dialect, &tables[t], &tables[t].columns[c]);
		}
	}
	buffer_printf(sql, "INSERT INTO wd_schema (version) VALUES (%d) ON CONFLICT DO NOTHING;\n",
		SCHEMA_VERSION);
}

void schema_postgresql(struct buffer *sql)
{
	for (size_t t = 0; t < TABLE_COUNT; t++) {
		schema_create(sql, DIALECT_POSTGRESQL, t);
		add_columns(sql, &tables[t]);
	}
	replace_check(sql, &tables[TABLE_KIT_STATUS], "status");
	schema_complete(sql, DIALECT_POSTGRESQL);
}
