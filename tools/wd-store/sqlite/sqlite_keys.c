/* The unique indexes of a SQLite file, which a copy made by other programs may lack. */
#include "tools/wd-store/rows/keys.h"
#include "tools/wd-store/sqlite/sqlite.h"

#include <sysexits.h>

/* Run a query, and write the first value of its first row to `value` (size bytes); "" if there is
 * no row, or null. */
static enum sink_result query_value(
	struct sqlite_sink *s, struct buffer *sql, char *value, size_t size)
{
	sqlite3_stmt *query = NULL;

	*value = '\0';
	buffer_add_char(sql, '\0');
	if (sql->failed)
		return sink_fail(&s->sink, EX_OSERR, "out of memory");
	int code = sqlite3_prepare_v2(s->db, sql->data, -1, &query, NULL);
	if (code == SQLITE_OK)
		code = sqlite3_step(query);
	if (code == SQLITE_ROW && sqlite3_column_type(query, 0) != SQLITE_NULL)
		sqlite3_snprintf((int)size, value, "%s", sqlite3_column_text(query, 0));
	enum sink_result result = sqlite_check_code(s, code);
	sqlite3_finalize(query);
	return result;
}

/* Select 1 for each complete unique index on exactly the key. */
static void put_search(struct buffer *sql, const struct table *table)
{
	buffer_printf(sql,
		"SELECT 1 FROM pragma_index_list('%s') AS i WHERE i.\"unique\" AND NOT i.partial "
		"AND "
		"(SELECT count(*) FROM pragma_index_info(i.name)) = %zu AND NOT EXISTS (SELECT 1 "
		"FROM pragma_index_info(i.name) AS c WHERE c.name IS NULL OR c.name NOT IN (",
		table->name, key_count(table));
	key_columns(sql, table, "'");
	buffer_add_text(sql, "))");
}

static enum sink_result create_key(struct sqlite_sink *s, const struct table *table)
{
	struct buffer sql = {0};
	char rows[24];

	key_duplicates(&sql, table);
	enum sink_result result = query_value(s, &sql, rows, sizeof(rows));
	if (result == SINK_OK && *rows)
		result = key_fail(&s->sink, table, rows);
	sql.length = 0;
	key_create(&sql, DIALECT_SQLITE, table);
	if (result == SINK_OK)
		result = query_value(s, &sql, rows, sizeof(rows));
	buffer_release(&sql);
	return result;
}

enum sink_result sqlite_create_keys(struct sqlite_sink *s)
{
	enum sink_result result = SINK_OK;
	char found[2];

	for (size_t t = 0; t < TABLE_COUNT && result == SINK_OK; t++) {
		struct buffer sql = {0};
		put_search(&sql, &tables[t]);
		result = query_value(s, &sql, found, sizeof(found));
		buffer_release(&sql);
		if (result == SINK_OK && !*found)
			result = create_key(s, &tables[t]);
	}
	return result;
}
