/* The SQLite sink: one prepared upsert a table, one transaction a batch. */
#include "common/buffer.h"
#include "common/clock.h"
#include "common/log.h"
#include "tools/wd-store/kits.h"
#include "tools/wd-store/sink.h"
#include "tools/wd-store/sqlite/sqlite_schema.h"
#include "tools/wd-store/thread.h"
#include "tools/wd-store/upsert.h"

#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <sysexits.h>

/* A writer beside us is waited for this long before the batch is tried again from its start. */
#define BUSY_MS 5000

/* With SQLite's own 2 MB of cache an import of a day spends half of its time in reading the
 * indexes' pages again, with its own 4 MB of journal in writing them again: measured with 1,000,000
 * rows. The journal may grow to 128 MB, and goes away with the last connection. */
static const char settings[] = "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL;"
			       "PRAGMA cache_size=-16384; PRAGMA wal_autocheckpoint=32768";

struct sqlite_sink {
	struct sink sink; /* first: a struct sink * is a struct sqlite_sink * */
	char *file;
	sqlite3 *db;
	sqlite3_stmt *puts[TABLE_COUNT];

	/* Of the rows that was sent. Until finish() has joined `worker`, all of this is the
	 * worker's. */
	pthread_t worker;
	bool working;
	const struct rows *rows;
	int status;
	size_t stored;
};

static struct sqlite_sink *sqlite_of(struct sink *sink)
{
	return (struct sqlite_sink *)sink;
}

/* The system's own word for it, where a call of it failed: SQLite's does not tell a missing folder
 * from a missing right. */
static const char *reason_of(const struct sqlite_sink *s, int code)
{
	int number = s->db ? sqlite3_system_errno(s->db) : 0;

	return number ? strerror(number) : sqlite3_errstr(code);
}

/* What SQLite's primary result code asks for. If an operator has to act, it is logged here. */
static int check_code(struct sqlite_sink *s, int code)
{
	switch (code & 0xff) {
	case SQLITE_OK:
	case SQLITE_ROW:
	case SQLITE_DONE:
		return 0;
	case SQLITE_BUSY:
	case SQLITE_LOCKED:
		return sink_set_reason(&s->sink, SINK_AGAIN, "locked", NULL);
	case SQLITE_CONSTRAINT:
	case SQLITE_MISMATCH:
	case SQLITE_TOOBIG:
		return sink_set_reason(&s->sink, SINK_DATA, "sqlite", sqlite3_errstr(code));
	case SQLITE_NOMEM:
		return fail(EX_OSERR, "out of memory");
	case SQLITE_CORRUPT:
	case SQLITE_NOTADB:
		return fail(EX_CONFIG, "not a sound database; it is left as it is",
			{"file", s->file}, {"reason", sqlite3_errstr(code)});
	case SQLITE_READONLY:
	case SQLITE_PERM:
	case SQLITE_CANTOPEN:
		return fail(EX_CONFIG, "cannot write the database", {"file", s->file},
			{"reason", reason_of(s, code)});
	case SQLITE_ERROR:
		return fail(EX_CONFIG, "the database does not fit", {"file", s->file},
			{"reason", sqlite3_errmsg(s->db)}, {"hint", "wd-store --migrate"});
	default:
		return fail(EX_IOERR, "cannot write the database", {"file", s->file},
			{"reason", reason_of(s, code)});
	}
}

static int run(struct sqlite_sink *s, const char *sql)
{
	return check_code(s, sqlite3_exec(s->db, sql, NULL, NULL, NULL));
}

static void disconnect(struct sqlite_sink *s)
{
	for (size_t t = 0; t < TABLE_COUNT; t++) {
		sqlite3_finalize(s->puts[t]);
		s->puts[t] = NULL;
	}
	sqlite3_close(s->db);
	s->db = NULL;
}

static void put_statement(struct buffer *sql, const struct table *table)
{
	buffer_printf(sql, "INSERT INTO %s AS t (", table->name);
	upsert_columns(sql, table);
	for (size_t c = 0; c < table->count; c++) {
		buffer_add_text(sql, c ? "," : ") VALUES (");
		buffer_add_text(sql, table->columns[c].absent == ABSENT_NOW
					     ? "coalesce(?,strftime('%Y-%m-%dT%H:%M:%f000Z'))"
					     : "?");
	}
	buffer_add_char(sql, ')');
	upsert_conflict(sql, DIALECT_SQLITE, table);
	buffer_add_char(sql, '\0');
}

static int prepare(struct sqlite_sink *s, size_t t)
{
	struct buffer sql = {0};
	int status;

	if (s->puts[t])
		return 0;
	put_statement(&sql, &tables[t]);
	status = sql.failed ? fail(EX_OSERR, "out of memory")
			    : check_code(s, sqlite3_prepare_v3(s->db, sql.data, -1,
						    SQLITE_PREPARE_PERSISTENT, &s->puts[t], NULL));
	buffer_release(&sql);
	return status;
}

/* The first statement only reads: what is no sound database has not been touched when it fails. */
static int connect(struct sqlite_sink *s)
{
	int status;

	if (s->db)
		return 0;
	status = check_code(s, sqlite3_open(s->file, &s->db));
	sqlite3_busy_timeout(s->db, BUSY_MS);
	if (!status)
		status = run(s, "SELECT count(*) FROM sqlite_schema");
	if (!status)
		status = run(s, settings);
	if (!status)
		status = run(s, "BEGIN IMMEDIATE");
	if (!status)
		status = check_code(s, sqlite_create_tables(s->db));
	if (!status)
		status = run(s, "COMMIT");
	if (status)
		disconnect(s);
	return status;
}

static int sqlite_begin(struct sink *sink, const struct rows *rows)
{
	struct sqlite_sink *s = sqlite_of(sink);
	int status = connect(s);

	for (size_t t = 0; t < TABLE_COUNT && !status; t++) {
		if (rows->of[t].count > 0 || t == TABLE_OWN_REJECTS)
			status = prepare(s, t);
	}
	return status ? status : run(s, "BEGIN IMMEDIATE");
}

static int sqlite_commit(struct sink *sink)
{
	return run(sqlite_of(sink), "COMMIT");
}

/* An error may have rolled the transaction back already. */
static void sqlite_abandon(struct sink *sink)
{
	struct sqlite_sink *s = sqlite_of(sink);

	if (s->db && !sqlite3_get_autocommit(s->db))
		sqlite3_exec(s->db, "ROLLBACK", NULL, NULL, NULL);
}

static int sqlite_mark(struct sink *sink)
{
	return run(sqlite_of(sink), "SAVEPOINT wd");
}

static int sqlite_undo(struct sink *sink)
{
	return run(sqlite_of(sink), "ROLLBACK TO wd; RELEASE wd");
}

static int sqlite_keep(struct sink *sink)
{
	return run(sqlite_of(sink), "RELEASE wd");
}

/* The texts live as long as the statement runs, but for times, which are written here. */
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

static int put_row(struct sqlite_sink *s, size_t t, const struct value *row)
{
	sqlite3_stmt *put = s->puts[t];
	int code = SQLITE_OK;

	for (size_t c = 0; c < tables[t].count && code == SQLITE_OK; c++)
		code = bind(put, (int)c + 1, tables[t].columns[c].kind, &row[c]);
	if (code == SQLITE_OK)
		code = sqlite3_step(put);
	int reset = sqlite3_reset(put);
	return check_code(s, code == SQLITE_DONE ? reset : code);
}

/* What triggers change is not counted: sqlite3_changes() is about the statement itself. */
static int put_rows(struct sqlite_sink *s, size_t t, const struct table_rows *rows, size_t *changed)
{
	for (size_t i = 0; i < rows->count; i++) {
		int status = put_row(s, t, rows->values + i * tables[t].count);
		if (status)
			return status;
		*changed += (size_t)sqlite3_changes(s->db);
	}
	return 0;
}

static int sqlite_put(struct sink *sink, const struct rows *rows, size_t *stored)
{
	int status = 0;

	for (size_t t = 0; t < TABLE_COUNT && !status; t++) {
		size_t changed = 0;
		status = put_rows(sqlite_of(sink), t, &rows->of[t], &changed);
		if (t != TABLE_OWN_REJECTS)
			*stored += changed;
	}
	return status;
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

static int sqlite_check(struct sink *sink)
{
	struct sqlite_sink *s = sqlite_of(sink);
	int status = connect(s);

	for (size_t t = 0; t < TABLE_COUNT && !status; t++)
		status = prepare(s, t);
	return status;
}

/* Connecting makes the tables. */
static int sqlite_migrate(struct sink *sink, bool roles)
{
	(void)roles;
	return sqlite_check(sink);
}

/* The rows as a transaction of its own. */
static void *store_load(void *self)
{
	struct sqlite_sink *s = self;

	s->stored = 0;
	s->status = sqlite_begin(&s->sink, s->rows);
	if (!s->status)
		s->status = sqlite_put(&s->sink, s->rows, &s->stored);
	if (!s->status)
		s->status = sqlite_commit(&s->sink);
	return NULL;
}

/* SQLite works in a thread of ours, where PostgreSQL works in a process of its own: meanwhile the
 * next lines are read. */
static int sqlite_send(struct sink *sink, const struct rows *rows)
{
	struct sqlite_sink *s = sqlite_of(sink);

	s->rows = rows;
	s->working = thread_start(&s->worker, store_load, s);
	if (!s->working)
		store_load(s);
	return 0;
}

static void join_worker(struct sqlite_sink *s)
{
	if (s->working)
		pthread_join(s->worker, NULL);
	s->working = false;
}

static int sqlite_finish(struct sink *sink, const struct rows *rows, size_t *stored)
{
	struct sqlite_sink *s = sqlite_of(sink);

	(void)rows;
	join_worker(s);
	*stored = s->stored;
	return s->status;
}

static void sqlite_close(struct sink *sink)
{
	struct sqlite_sink *s = sqlite_of(sink);

	join_worker(s);
	disconnect(s);
	free(s->file);
	free(s);
}

static const struct sink_calls calls = {
	.send = sqlite_send,
	.finish = sqlite_finish,
	.begin = sqlite_begin,
	.commit = sqlite_commit,
	.abandon = sqlite_abandon,
	.mark = sqlite_mark,
	.undo = sqlite_undo,
	.keep = sqlite_keep,
	.put = sqlite_put,
	.check_kits = sqlite_check_kits,
	.check = sqlite_check,
	.migrate = sqlite_migrate,
	.close = sqlite_close,
};

int sink_sqlite(const char *file, struct sink **sink)
{
	struct sqlite_sink *s = calloc(1, sizeof(*s));

	if (s)
		s->file = strdup(file);
	if (!s || !s->file) {
		free(s);
		return fail(EX_OSERR, "out of memory");
	}
	s->sink.calls = &calls;
	*sink = &s->sink;
	return 0;
}
