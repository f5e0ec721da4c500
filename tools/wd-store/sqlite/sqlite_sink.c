/* The SQLite sink: one prepared upsert per table, one transaction per batch. */
#include "common/base/xalloc.h"
#include "common/time/clock.h"
#include "tools/wd-store/schema/kits.h"
#include "tools/wd-store/sink/upsert.h"
#include "tools/wd-store/sqlite/sqlite.h"

#include <errno.h>
#include <libgen.h>
#include <malloc.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>
#include <unistd.h>

static struct sqlite_sink *sqlite_of(struct sink *sink)
{
	return (struct sqlite_sink *)sink;
}

static void put_parameter(
	struct buffer *sql, const struct table *table, const struct column *column)
{
	if (column->absent == ABSENT_FIRST)
		upsert_kept(sql, table, column, "?", "?1");
	else if (column->absent == ABSENT_NOW)
		buffer_add_text(sql, "coalesce(?,strftime('%Y-%m-%dT%H:%M:%f000Z'))");
	else
		buffer_add_char(sql, '?');
}

static void put_upsert(struct buffer *sql, const struct table *table)
{
	buffer_printf(sql, "INSERT INTO %s AS t (", table->name);
	upsert_columns(sql, table);
	for (size_t c = 0; c < table->count; c++) {
		buffer_add_text(sql, c ? "," : ") VALUES (");
		put_parameter(sql, table, &table->columns[c]);
	}
	buffer_add_char(sql, ')');
	upsert_conflict(sql, DIALECT_SQLITE, table);
}

static enum sink_result prepare(struct sqlite_sink *s, size_t t)
{
	struct buffer sql = {0};

	if (s->puts[t])
		return SINK_OK;
	if (t == TABLE_SIGHTING)
		sqlite_put_sighting_statement(&sql);
	else
		put_upsert(&sql, &tables[t]);
	buffer_add_char(&sql, '\0');
	enum sink_result result = sqlite_prepare(s, &sql, &s->puts[t]);
	buffer_release(&sql);
	return result;
}

static enum sink_result begin(struct sqlite_sink *s, const struct rows *rows)
{
	enum sink_result result = sqlite_connect(s);

	for (size_t t = 0; t < TABLE_COUNT && result == SINK_OK; t++) {
		if (rows->of[t].count > 0 || t == TABLE_SIGHTING)
			result = prepare(s, t);
	}
	return result == SINK_OK ? sqlite_run(s, "BEGIN IMMEDIATE") : result;
}

/* An error may have rolled the transaction back already. */
static void sqlite_abandon(struct sink *sink)
{
	struct sqlite_sink *s = sqlite_of(sink);

	if (s->db && !sqlite3_get_autocommit(s->db))
		sqlite3_exec(s->db, "ROLLBACK", NULL, NULL, NULL);
}

/* Texts outlive the statement, except times, which are formatted here. */
static int bind(sqlite3_stmt *put, int at, enum column_kind kind, const struct value *value)
{
	char time[CLOCK_TEXT_SIZE];

	switch (value->kind) {
	case VALUE_NULL:
		return sqlite3_bind_null(put, at);
	case VALUE_REAL:
		return sqlite3_bind_double(put, at, value->real);
	case VALUE_TEXT:
		return sqlite3_bind_text64(
			put, at, value->text.data, value->text.length, SQLITE_STATIC, SQLITE_UTF8);
	case VALUE_INTEGER:
		if (kind != COLUMN_TIME)
			return sqlite3_bind_int64(put, at, value->integer);
		clock_format(value->integer, time);
		return sqlite3_bind_text(put, at, time, CLOCK_TEXT_SIZE - 1, SQLITE_TRANSIENT);
	}
	return SQLITE_MISUSE;
}

enum sink_result sqlite_put_row(struct sqlite_sink *s, size_t t, const struct value *row)
{
	sqlite3_stmt *put = s->puts[t];
	int code = SQLITE_OK;

	for (size_t c = 0; c < tables[t].count && code == SQLITE_OK; c++)
		code = bind(put, (int)c + 1, tables[t].columns[c].kind, &row[c]);
	if (code == SQLITE_OK)
		code = sqlite3_step(put);
	enum sink_result result = sqlite_check_code(s, code);
	int reset = sqlite3_reset(put);
	return result == SINK_OK ? sqlite_check_code(s, reset) : result;
}

/* sqlite3_changes() does not count what triggers change. Only an insert sets the last rowid, which is
 * never 0. */
static enum sink_result put_rows(
	struct sqlite_sink *s, size_t t, const struct table_rows *rows, size_t *changed)
{
	for (size_t i = 0; i < rows->count; i++) {
		const struct value *row = rows->values + i * tables[t].count;
		sqlite3_set_last_insert_rowid(s->db, 0);
		enum sink_result result = sqlite_put_row(s, t, row);
		if (result != SINK_OK)
			return result;
		bool is_changed = sqlite3_changes(s->db) > 0;
		*changed += is_changed;
		if (is_changed && t == TABLE_DRONE)
			sightings_add(&s->sightings, row, sqlite3_last_insert_rowid(s->db) == 0);
	}
	return SINK_OK;
}

static enum sink_result put_all(struct sqlite_sink *s, const struct rows *rows, size_t *stored)
{
	enum sink_result result = begin(s, rows);

	sightings_clear(&s->sightings, rows->of[TABLE_DRONE].count);
	for (size_t t = 0; t < TABLE_COUNT && result == SINK_OK; t++) {
		size_t changed = 0;
		result = put_rows(s, t, &rows->of[t], &changed);
		if (t != TABLE_OWN_REJECTS)
			*stored += changed;
	}
	return result == SINK_OK ? sqlite_store_sightings(s) : result;
}

static void sqlite_check_kits(struct sink *sink)
{
	sqlite3_stmt *pairs;

	if (sqlite3_prepare_v2(sqlite_of(sink)->db, kits_sharing_address, -1, &pairs, NULL))
		return;
	while (sqlite3_step(pairs) == SQLITE_ROW)
		kits_warn_sharing((const char *)sqlite3_column_text(pairs, 0),
			(const char *)sqlite3_column_text(pairs, 1));
	sqlite3_finalize(pairs);
}

static enum sink_result sqlite_check(struct sink *sink)
{
	struct sqlite_sink *s = sqlite_of(sink);
	enum sink_result result = sqlite_connect(s);

	for (size_t t = 0; t < TABLE_COUNT && result == SINK_OK; t++)
		result = prepare(s, t);
	return result;
}

/* Connecting would create the file. */
static enum sink_result sqlite_check_unused(struct sink *sink)
{
	struct sqlite_sink *s = sqlite_of(sink);

	if (access(s->file, F_OK) == 0)
		return sqlite_connect(s);
	char *file = xstrndup(s->file, strlen(s->file));
	bool writable = access(dirname(file), W_OK | X_OK) == 0;
	free(file);
	if (writable)
		return SINK_OK;
	return sink_fail(sink, EX_CONFIG, "cannot write the database", {"file", s->file},
		{"reason", strerror(errno)}, {"hint", SQLITE_WRITE_HINT});
}

/* Connecting creates and completes the tables. */
static enum sink_result sqlite_migrate(struct sink *sink, const struct migration *migration)
{
	(void)migration;
	return sqlite_check(sink);
}

static enum sink_result connect_existing(struct sqlite_sink *s)
{
	if (access(s->file, F_OK) != 0)
		return sink_fail(&s->sink, EX_NOINPUT, "no such database", {"file", s->file});
	return sqlite_connect(s);
}

/* The file's mode decides, which connecting checks. */
static enum sink_result sqlite_check_delete(struct sink *sink, const bool wanted[TABLE_COUNT])
{
	(void)wanted;
	return connect_existing(sqlite_of(sink));
}

static enum sink_result sqlite_prune(struct sink *sink, size_t t, const char *sql, size_t *deleted)
{
	struct sqlite_sink *s = sqlite_of(sink);

	(void)t;
	*deleted = 0;
	enum sink_result result = connect_existing(s);
	if (result == SINK_OK)
		result = sqlite_run(s, sql);
	if (result == SINK_OK)
		*deleted = (size_t)sqlite3_changes(s->db);
	return result;
}

static int note_number(void *number, int count, char **values, char **names)
{
	(void)count;
	(void)names;
	*(int64_t *)number = values[0] ? strtoll(values[0], NULL, 10) : SINK_NO_NUMBER;
	return 0;
}

static enum sink_result sqlite_run_number(struct sink *sink, const char *sql, int64_t *number)
{
	struct sqlite_sink *s = sqlite_of(sink);
	int64_t selected = 0;
	enum sink_result result = connect_existing(s);

	if (result != SINK_OK)
		return result;
	int before = sqlite3_total_changes(s->db);
	result = sqlite_check_code(s, sqlite3_exec(s->db, sql, note_number, &selected, NULL));

	*number = sqlite3_total_changes(s->db) > before ? sqlite3_changes(s->db) : selected;
	if (result != SINK_OK)
		sqlite_abandon(sink);
	return result;
}

/* Files of older versions have no map of their pages: there, free pages are used for new rows. */
static enum sink_result sqlite_shrink(struct sink *sink)
{
	return sqlite_run(
		sqlite_of(sink), "PRAGMA incremental_vacuum; PRAGMA wal_checkpoint(TRUNCATE)");
}

static enum sink_result sqlite_probe(struct sink *sink, const struct rows *rows)
{
	size_t stored = 0;
	enum sink_result result = put_all(sqlite_of(sink), rows, &stored);

	sqlite_abandon(sink);
	return result;
}

static enum sink_result sqlite_store(struct sink *sink, const struct rows *rows, size_t *stored)
{
	struct sqlite_sink *s = sqlite_of(sink);
	enum sink_result result = put_all(s, rows, stored);

	if (result == SINK_OK)
		result = sqlite_run(s, "COMMIT");
	return result == SINK_OK ? sqlite_check_file(s) : result;
}

/* The cache is for imports: on a kit, where the input is idle after each segment, its memory is worth more
 * than the pages that the next rows need again. */
static void sqlite_idle(struct sink *sink)
{
	struct sqlite_sink *s = sqlite_of(sink);

	sqlite_checkpoint(s);
	if (s->db && sqlite3_db_release_memory(s->db) == SQLITE_OK)
		malloc_trim(0);
}

static enum sink_result copy_to(struct sink *sink, const char *file)
{
	return sqlite_backup(sqlite_of(sink), file);
}

static void sqlite_close(struct sink *sink)
{
	struct sqlite_sink *s = sqlite_of(sink);

	sqlite_disconnect(s);
	sightings_release(&s->sightings);
	free(s->file);
	free(s);
}

static const struct sink_calls calls = {
	.store = sqlite_store,
	.abandon = sqlite_abandon,
	.probe = sqlite_probe,
	.idle = sqlite_idle,
	.check_kits = sqlite_check_kits,
	.check = sqlite_check,
	.check_unused = sqlite_check_unused,
	.check_delete = sqlite_check_delete,
	.migrate = sqlite_migrate,
	.backup = copy_to,
	.prune = sqlite_prune,
	.run = sqlite_run_number,
	.shrink = sqlite_shrink,
	.close = sqlite_close,
};

int sink_sqlite(const char *file, bool force, struct sink **sink)
{
	struct sqlite_sink *s = xcalloc(1, sizeof(*s));

	s->file = xstrndup(file, strlen(file));
	s->force = force;
	s->sink.calls = &calls;
	s->sink.dialect = DIALECT_SQLITE;
	*sink = &s->sink;
	return 0;
}
