/* The SQL that creates the tables and adds columns. */
#include "tools/wd-store/schema/schema.h"
#include "tests/unit/tap.h"

#include <float.h>

static struct buffer sql;

static const char *text(void)
{
	buffer_add_char(&sql, '\0');
	sql.length = 0;
	return sql.data;
}

static const char *added(enum dialect dialect, struct column column)
{
	schema_add_column(&sql, dialect, &column);
	return text();
}

static void versions(void)
{
	bool valid = true;

	for (size_t t = 0; t < TABLE_COUNT; t++) {
		for (size_t c = 0; c < tables[t].count; c++)
			valid &= tables[t].columns[c].since <= SCHEMA_VERSION;
	}
	ok(valid, "no column is newer than SCHEMA_VERSION");
}

int main(void)
{
	static const char *const allowed[] = {"a", "b", NULL};

	schema_create(&sql, DIALECT_POSTGRESQL, TABLE_COVERAGE);
	is_text(text(),
		"CREATE TABLE IF NOT EXISTS coverage (time timestamptz NOT NULL, kit_id text NOT "
		"NULL, state text CHECK (state IN ('listening', 'kit_down', 'link_down', "
		"'rate_limited', 'poller_down')), requests integer, ok integer, failed integer, "
		"PRIMARY KEY (time, kit_id));\n",
		"PostgreSQL: a table");
	schema_create(&sql, DIALECT_SQLITE, TABLE_COVERAGE);
	is_text(text(),
		"CREATE TABLE IF NOT EXISTS coverage (time TEXT NOT NULL, kit_id TEXT NOT NULL, "
		"state TEXT CHECK (state IN ('listening', 'kit_down', 'link_down', "
		"'rate_limited', 'poller_down')), requests INTEGER, ok INTEGER, failed INTEGER, "
		"PRIMARY KEY (time, kit_id)) STRICT;\n",
		"SQLite: a table");
	is_text(added(DIALECT_SQLITE, (struct column){"x", COLUMN_REAL, .min = 0, .max = DBL_MAX}),
		"ADD COLUMN x REAL CHECK (x >= 0)", "a lower bound");
	is_text(added(DIALECT_SQLITE, (struct column){"x", COLUMN_REAL, .min = -1, .max = 1}),
		"ADD COLUMN x REAL CHECK (x >= -1 AND x <= 1)", "a range");
	is_text(added(DIALECT_SQLITE, (struct column){"x", COLUMN_BOOLEAN, .absent = ABSENT_TRUE}),
		"ADD COLUMN x INTEGER NOT NULL DEFAULT TRUE CHECK (x IN (0, 1))", "a default");
	is_text(added(DIALECT_SQLITE, (struct column){"x", COLUMN_TEXT, .among = allowed}),
		"ADD COLUMN x TEXT CHECK (x IN ('a', 'b'))", "the allowed texts");
	is_text(added(DIALECT_POSTGRESQL, (struct column){"x", COLUMN_TEXT, .among = allowed}),
		"ADD COLUMN IF NOT EXISTS x text",
		"PostgreSQL: no CHECK on a column that is added");
	versions();
	buffer_release(&sql);
	return tap_done();
}
