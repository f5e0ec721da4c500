/* The half of an INSERT that both databases understand: what happens to a row that is there. */
#include "tools/wd-store/upsert.h"

void upsert_columns(struct buffer *sql, const struct table *table)
{
	for (size_t c = 0; c < table->count; c++)
		buffer_printf(sql, "%s%s", c ? "," : "", table->columns[c].name);
}

static void put_key(struct buffer *sql, const struct table *table)
{
	for (size_t c = 0; c < table->count && table->columns[c].key; c++)
		buffer_printf(sql, "%s%s", c ? "," : "", table->columns[c].name);
}

/* What the column holds afterwards; the same rules as value_merge(). */
static void put_merged(struct buffer *sql, const struct table *table, const struct column *column)
{
	const char *name = column->name, *clock = table->clock;

	switch (column->merge) {
	case MERGE_NEWEST:
		buffer_printf(sql, "COALESCE(EXCLUDED.%s,t.%s)", name, name);
		return;
	case MERGE_FIRST:
		buffer_printf(sql, "t.%s", name);
		return;
	case MERGE_GREATEST:
		buffer_printf(sql,
			"CASE WHEN t.%s IS NULL OR EXCLUDED.%s>t.%s THEN EXCLUDED.%s ELSE t.%s END",
			name, name, name, name, name);
		return;
	case MERGE_CLOCKED:
		buffer_printf(sql,
			"CASE WHEN t.%s IS NULL OR EXCLUDED.%s>=t.%s THEN EXCLUDED.%s ELSE t.%s "
			"END",
			clock, clock, clock, name, name);
		return;
	}
}

static bool changes(const struct column *column)
{
	return !column->key && column->merge != MERGE_FIRST;
}

void upsert_conflict(struct buffer *sql, const struct table *table, const char *differs)
{
	const char *before = ") DO UPDATE SET ";

	buffer_add_text(sql, " ON CONFLICT (");
	put_key(sql, table);
	for (size_t c = 0; c < table->count; c++) {
		if (!changes(&table->columns[c]))
			continue;
		buffer_printf(sql, "%s%s=", before, table->columns[c].name);
		put_merged(sql, table, &table->columns[c]);
		before = ",";
	}
	if (*before == ')') {
		buffer_add_text(sql, ") DO NOTHING");
		return;
	}
	before = " WHERE ";
	for (size_t c = 0; c < table->count; c++) {
		if (!changes(&table->columns[c]))
			continue;
		buffer_printf(sql, "%st.%s %s ", before, table->columns[c].name, differs);
		put_merged(sql, table, &table->columns[c]);
		before = " OR ";
	}
}
