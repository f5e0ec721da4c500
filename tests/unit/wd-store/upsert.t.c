/* The SQL that folds a new row into an old one. */
#include "tools/wd-store/upsert.h"
#include "tests/unit/tap.h"

static const char *conflict(const struct table *table)
{
	static struct buffer sql;

	sql.length = 0;
	upsert_conflict(&sql, table, "IS NOT");
	buffer_add_char(&sql, '\0');
	return sql.data;
}

int main(void)
{
	static const struct column newest[] = {{"k", COLUMN_TEXT, .key = true}, {"v", COLUMN_REAL}};
	static const struct column first[] = {
		{"k", COLUMN_TEXT, .key = true}, {"v", COLUMN_REAL, .merge = MERGE_FIRST}};
	static const struct column clocked[] = {{"k", COLUMN_TEXT, .key = true},
		{"v", COLUMN_REAL, .merge = MERGE_CLOCKED},
		{"at", COLUMN_TIME, .merge = MERGE_GREATEST}};

	is_text(conflict(&(struct table){"x", "x", NULL, newest, 2}),
		" ON CONFLICT (k) DO UPDATE SET v=COALESCE(EXCLUDED.v,t.v)"
		" WHERE t.v IS NOT COALESCE(EXCLUDED.v,t.v)",
		"the newest value, where it differs");
	is_text(conflict(&(struct table){"x", "x", NULL, first, 2}), " ON CONFLICT (k) DO NOTHING",
		"the first row stays");
	is_text(conflict(&(struct table){"x", "x", "at", clocked, 3}),
		" ON CONFLICT (k) DO UPDATE SET"
		" v=CASE WHEN t.at IS NULL OR EXCLUDED.at>=t.at THEN EXCLUDED.v ELSE t.v END,"
		"at=CASE WHEN t.at IS NULL OR EXCLUDED.at>t.at THEN EXCLUDED.at ELSE t.at END"
		" WHERE t.v IS NOT"
		" CASE WHEN t.at IS NULL OR EXCLUDED.at>=t.at THEN EXCLUDED.v ELSE t.v END"
		" OR t.at IS NOT"
		" CASE WHEN t.at IS NULL OR EXCLUDED.at>t.at THEN EXCLUDED.at ELSE t.at END",
		"an older row changes nothing");
	return tap_done();
}
