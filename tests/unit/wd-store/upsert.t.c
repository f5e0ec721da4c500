/* The SQL that folds a new row into an old one. */
#include "tools/wd-store/sink/upsert.h"
#include "tests/unit/tap.h"

static const char *conflict(const struct table *table)
{
	static struct buffer sql;

	sql.length = 0;
	upsert_conflict(&sql, DIALECT_SQLITE, table);
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
		{"at", COLUMN_TIME, .merge = MERGE_LATEST}};

	is_text(conflict(&(struct table){.clock = NULL, .columns = newest, .count = 2}),
		" ON CONFLICT (k) DO UPDATE SET v=COALESCE(EXCLUDED.v,t.v)"
		" WHERE t.v IS NOT COALESCE(EXCLUDED.v,t.v)",
		"the newest value, where it differs");
	is_text(conflict(&(struct table){.clock = NULL, .columns = first, .count = 2}),
		" ON CONFLICT (k) DO NOTHING", "the first row stays");
#define LIMIT "strftime('%Y-%m-%dT%H:%M:%f000Z','now','+5 minutes')"
#define LATER                                                                                      \
	"CASE WHEN t.at IS NULL OR t.at>" LIMIT " OR (EXCLUDED.at<=" LIMIT " AND "                 \
	"EXCLUDED.at>=t.at)"
#define V  LATER " THEN COALESCE(EXCLUDED.v,t.v) ELSE t.v END"
#define AT LATER " THEN COALESCE(EXCLUDED.at,t.at) ELSE t.at END"
	is_text(conflict(&(struct table){.clock = "at", .columns = clocked, .count = 3}),
		" ON CONFLICT (k) DO UPDATE SET v=" V ",at=" AT " WHERE t.v IS NOT " V
		" OR t.at IS NOT " AT,
		"a row that is older, or of the future, changes nothing");
	return tap_done();
}
