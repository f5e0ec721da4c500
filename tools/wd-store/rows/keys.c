#include "tools/wd-store/rows/keys.h"

#include <sysexits.h>

size_t key_count(const struct table *table)
{
	size_t count = 0;

	while (count < table->count && table->columns[count].key)
		count++;
	return count;
}

void key_columns(struct buffer *sql, const struct table *table, const char *quote)
{
	for (size_t c = 0; c < key_count(table); c++)
		buffer_printf(sql, "%s%s%s%s", c ? "," : "", quote, table->columns[c].name, quote);
}

/* " FROM table GROUP BY key HAVING count(*) > 1" */
static void put_groups(struct buffer *sql, const struct table *table)
{
	buffer_printf(sql, " FROM %s GROUP BY ", table->name);
	key_columns(sql, table, "");
	buffer_add_text(sql, " HAVING count(*) > 1");
}

void key_duplicates(struct buffer *sql, const struct table *table)
{
	buffer_add_text(sql, "SELECT sum(n - 1) FROM (SELECT count(*) AS n");
	put_groups(sql, table);
	buffer_add_text(sql, ") AS groups");
}

/* PostgreSQL chooses a name that is free. */
void key_create(struct buffer *sql, enum dialect dialect, const struct table *table)
{
	buffer_add_text(sql, "CREATE UNIQUE INDEX ");
	if (dialect == DIALECT_SQLITE)
		buffer_printf(sql, "%s_key ", table->name);
	buffer_printf(sql, "ON %s (", table->name);
	key_columns(sql, table, "");
	buffer_add_char(sql, ')');
}

enum sink_result key_fail(struct sink *sink, const struct table *table, const char *rows)
{
	struct buffer hint = {0};

	buffer_add_text(&hint, "list them: SELECT ");
	key_columns(&hint, table, "");
	buffer_add_text(&hint, ", count(*)");
	put_groups(&hint, table);
	buffer_add_char(&hint, '\0');
	enum sink_result result =
		sink_fail(sink, EX_CONFIG, "duplicate rows prevent the unique index",
			{"table", table->name}, {"rows", rows}, {"hint", hint.data});
	buffer_release(&hint);
	return result;
}
