#include "tools/wd-store/sink/upsert.h"

#include "tools/wd-store/rows/keys.h"

#define TEXT(number)    #number
#define MINUTES(number) TEXT(number) " minutes"

void upsert_columns(struct buffer *sql, const struct table *table)
{
	for (size_t c = 0; c < table->count; c++)
		buffer_printf(sql, "%s%s", c ? "," : "", table->columns[c].name);
}

void upsert_kept(struct buffer *sql, const struct table *table, const struct column *column,
	const char *value, const char *key)
{
	buffer_printf(sql, "coalesce(%s,(SELECT k.%s FROM %s AS k WHERE k.%s=%s),'%s')", value,
		column->name, table->name, table->columns[0].name, key, column->among[0]);
}

/* The latest time that is believed; times are text in SQLite. */
static const char *const limits[DIALECT_COUNT] = {
	[DIALECT_POSTGRESQL] = "now()+interval'" MINUTES(FUTURE_MAX_MINUTES) "'",
	/* Citus refuses functions in DO UPDATE SET that are not immutable: citus.sql. */
	[DIALECT_CITUS] = "wd_now_plus(interval'" MINUTES(FUTURE_MAX_MINUTES) "')",
	[DIALECT_SQLITE] =
		"strftime('%Y-%m-%dT%H:%M:%f000Z','now','+" MINUTES(FUTURE_MAX_MINUTES) "')",
};

/* "is another value", null being one. */
static const char *const differs[DIALECT_COUNT] = {
	[DIALECT_POSTGRESQL] = "IS DISTINCT FROM",
	[DIALECT_CITUS] = "IS DISTINCT FROM",
	[DIALECT_SQLITE] = "IS NOT",
};

/* `name` of the new row where its time `clock` replaces that of the old one, as
 * value_time_replaces() decides; else of the old one. */
static void put_later(struct buffer *sql, enum dialect dialect, const char *clock, const char *name)
{
	buffer_printf(sql, "CASE WHEN t.%s IS NULL OR t.%s>%s OR", clock, clock, limits[dialect]);
	buffer_printf(sql, " (EXCLUDED.%s<=%s AND EXCLUDED.%s>=t.%s)", clock, limits[dialect],
		clock, clock);
	buffer_printf(sql, " THEN COALESCE(EXCLUDED.%s,t.%s) ELSE t.%s END", name, name, name);
}

/* SQLite's functions of two values are null where one of them is. */
static void put_extreme(struct buffer *sql, enum dialect dialect, const char *name, bool lowest)
{
	if (dialect != DIALECT_SQLITE)
		buffer_printf(
			sql, "%s(t.%s,EXCLUDED.%s)", lowest ? "least" : "greatest", name, name);
	else
		buffer_printf(sql, "coalesce(%s(t.%s,EXCLUDED.%s),t.%s,EXCLUDED.%s)",
			lowest ? "min" : "max", name, name, name, name);
}

void upsert_merged(struct buffer *sql, enum dialect dialect, const struct table *table,
	const struct column *column)
{
	const char *name = column->name;

	switch (column->merge) {
	case MERGE_NEWEST:
		buffer_printf(sql, "COALESCE(EXCLUDED.%s,t.%s)", name, name);
		return;
	case MERGE_FIRST:
		buffer_printf(sql, "t.%s", name);
		return;
	case MERGE_LATEST:
		put_later(sql, dialect, name, name);
		return;
	case MERGE_CLOCKED:
		put_later(sql, dialect, table->clock, name);
		return;
	case MERGE_MINIMUM:
	case MERGE_MAXIMUM:
		put_extreme(sql, dialect, name, column->merge == MERGE_MINIMUM);
		return;
	case MERGE_SUM:
		buffer_printf(sql, "t.%s+EXCLUDED.%s", name, name);
		return;
	case MERGE_GROUP:
		buffer_printf(sql,
			"CASE WHEN t.%s IS NULL OR EXCLUDED.%s%ct.%s THEN EXCLUDED.%s ELSE t.%s "
			"END",
			column->group->time, column->group->time, column->group->oldest ? '<' : '>',
			column->group->time, name, name);
		return;
	}
}

static bool changes(const struct column *column)
{
	return !column->key && column->merge != MERGE_FIRST;
}

void upsert_target(struct buffer *sql, const struct table *table)
{
	buffer_add_text(sql, " ON CONFLICT (");
	key_columns(sql, table, "");
	buffer_add_char(sql, ')');
}

void upsert_conflict(struct buffer *sql, enum dialect dialect, const struct table *table)
{
	const char *before = " DO UPDATE SET ";

	upsert_target(sql, table);
	for (size_t c = 0; c < table->count; c++) {
		if (!changes(&table->columns[c]))
			continue;
		buffer_printf(sql, "%s%s=", before, table->columns[c].name);
		upsert_merged(sql, dialect, table, &table->columns[c]);
		before = ",";
	}
	if (*before == ' ') {
		buffer_add_text(sql, " DO NOTHING");
		return;
	}
	before = " WHERE ";
	for (size_t c = 0; c < table->count; c++) {
		if (!changes(&table->columns[c]))
			continue;
		buffer_printf(sql, "%st.%s %s ", before, table->columns[c].name, differs[dialect]);
		upsert_merged(sql, dialect, table, &table->columns[c]);
		before = " OR ";
	}
}
