/* Rows from SQLite: one statement per table, in one read transaction. */
#include "common/db/read_only.h"
#include "common/log/log.h"
#include "tools/wd-dump/source.h"

#include <sqlite3.h>
#include <stdlib.h>
#include <sysexits.h>

/* How long to wait for a lock. */
#define BUSY_MS 5000
/* Steps of SQLite's virtual machine between two checks for a signal: about a millisecond. */
#define STEPS_PER_CHECK 100000

struct sqlite {
	struct source source; /* first: a struct source * is a struct sqlite * */
	char *file;
	sqlite3 *db;
	sqlite3_stmt *statements[TABLE_COUNT];
};

static struct sqlite *sqlite_of(struct source *source)
{
	return (struct sqlite *)source;
}

static int check(const struct sqlite *s, int code)
{
	int number;

	switch (code & 0xff) {
	case SQLITE_OK:
	case SQLITE_ROW:
	case SQLITE_DONE:
		return 0;
	case SQLITE_INTERRUPT:
		return fail(EX_TEMPFAIL, "stopped before the end", {"reason", "signal"});
	case SQLITE_BUSY:
	case SQLITE_LOCKED:
		return fail(EX_TEMPFAIL, "the database is locked", {"file", s->file});
	case SQLITE_NOMEM:
		return fail(EX_OSERR, "out of memory");
	case SQLITE_CANTOPEN:
		return fail(EX_NOINPUT, "cannot open", {"file", s->file},
			{"reason", sqlite3_errstr(code)});
	case SQLITE_IOERR:
		/* Of a folder, SQLite itself says "disk I/O error". */
		number = sqlite3_system_errno(s->db);
		return fail(EX_IOERR, "cannot read", {"file", s->file},
			{"reason", number ? strerror(number) : sqlite3_errstr(code)},
			{"hint", log_errno_hint(number)});
	default:
		return fail(EX_CONFIG, "cannot read the database", {"file", s->file},
			{"reason", sqlite3_errmsg(s->db)});
	}
}

static int columns(struct source *source, size_t t, bool exists[COLUMNS_MAX])
{
	struct sqlite *s = sqlite_of(source);
	sqlite3_stmt *names;
	int code = sqlite3_prepare_v2(
		s->db, "SELECT name FROM pragma_table_info(?1)", -1, &names, NULL);

	if (code != SQLITE_OK)
		return check(s, code);
	sqlite3_bind_text(names, 1, tables[t].name, -1, SQLITE_STATIC);
	while ((code = sqlite3_step(names)) == SQLITE_ROW) {
		const char *name = (const char *)sqlite3_column_text(names, 0);
		for (size_t c = 0; c < tables[t].count; c++)
			exists[c] |= name && strcmp(name, tables[t].columns[c].name) == 0;
	}
	sqlite3_finalize(names);
	return check(s, code);
}

static int begin(struct source *source, size_t t, const struct query *query)
{
	struct sqlite *s = sqlite_of(source);
	int code = sqlite3_prepare_v2(s->db, query->sql.data, -1, &s->statements[t], NULL);

	for (size_t i = 0; i < query->count && code == SQLITE_OK; i++)
		code = sqlite3_bind_text(
			s->statements[t], (int)i + 1, query->parameters[i], -1, SQLITE_TRANSIENT);
	return check(s, code);
}

static struct span text_of(sqlite3_stmt *statement, int column)
{
	const char *text = (const char *)sqlite3_column_text(statement, column);

	return (struct span){text ? text : "", (size_t)sqlite3_column_bytes(statement, column)};
}

static struct cell cell_of(sqlite3_stmt *statement, int column, enum column_kind kind)
{
	struct span text;
	clock_us time;

	switch (sqlite3_column_type(statement, column)) {
	case SQLITE_INTEGER:
		return (struct cell){
			CELL_INTEGER, .integer = sqlite3_column_int64(statement, column)};
	case SQLITE_FLOAT:
		return (struct cell){CELL_REAL, .real = sqlite3_column_double(statement, column)};
	case SQLITE_NULL:
		return (struct cell){CELL_NULL};
	default:
		text = text_of(statement, column);
		if (kind != COLUMN_TIME)
			return (struct cell){CELL_TEXT, .text = text};
		return clock_parse(text, &time) ? (struct cell){CELL_INTEGER, .integer = time}
						: (struct cell){CELL_NULL};
	}
}

static int next(struct source *source, size_t t, struct row *row, bool *more)
{
	struct sqlite *s = sqlite_of(source);
	int code = sqlite3_step(s->statements[t]);

	*more = code == SQLITE_ROW;
	if (!*more)
		return check(s, code);
	for (size_t c = 0; c < row->table->count; c++)
		row->cells[c] = cell_of(s->statements[t], (int)c, row->table->columns[c].kind);
	return 0;
}

static void close_source(struct source *source)
{
	struct sqlite *s = sqlite_of(source);

	for (size_t t = 0; t < TABLE_COUNT; t++)
		sqlite3_finalize(s->statements[t]);
	sqlite3_close(s->db);
	free(s->file);
	free(s);
}

static const struct source_calls calls = {columns, begin, next, close_source, DIALECT_SQLITE};

static int check_signals(void *unused)
{
	(void)unused;
	return source_stopped();
}

int source_sqlite(const char *file, struct source **source)
{
	struct sqlite *s = calloc(1, sizeof(*s));

	if (s)
		s->file = strdup(file);
	if (!s || !s->file) {
		free(s);
		return fail(EX_OSERR, "out of memory");
	}
	s->source.calls = &calls;
	int status = check(s, read_only_open(s->file, &s->db));
	if (!status) {
		sqlite3_busy_timeout(s->db, BUSY_MS);
		sqlite3_progress_handler(s->db, STEPS_PER_CHECK, check_signals, NULL);
		status = check(s, sqlite3_exec(s->db, "BEGIN", NULL, NULL, NULL));
	}
	if (status)
		close_source(&s->source);
	else
		*source = &s->source;
	return status;
}
