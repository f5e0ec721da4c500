/* Rows from PostgreSQL: one cursor per table, in one read-only transaction. Values are transferred
 * in binary, so that no number is converted to text and back. */
#include "common/db/connection.h"
#include "common/db/sqlstate.h"
#include "common/log/log.h"
#include "common/process/signals.h"
#include "common/time/clock.h"
#include "tools/wd-dump/source.h"

#include <errno.h>
#include <libpq-fe.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <sysexits.h>

/* Rows per FETCH: enough to hide the round trip, and a few MB at most. A reject holds up to 64
 * KiB. */
enum {
	FETCH_ROWS = 2000,
	FETCH_REJECTS = 50,
};

/* timestamptz counts microseconds from 2000-01-01 (src/include/datatype/timestamp.h). */
#define POSTGRESQL_EPOCH_US (10957 * CLOCK_DAY_US)

struct cursor {
	PGresult *rows;
	int at, count;
};

struct pg {
	struct source source; /* first: a struct source * is a struct pg * */
	PGconn *conn;
	struct cursor cursors[TABLE_COUNT];
};

static struct pg *pg_of(struct source *source)
{
	return (struct pg *)source;
}

/* Log the server's error without its DETAIL, which may contain radio text. */
static int fail_query(const PGresult *result)
{
	const char *sqlstate = PQresultErrorField(result, PG_DIAG_SQLSTATE);
	const char *reason = PQresultErrorField(result, PG_DIAG_MESSAGE_PRIMARY);

	return fail(sqlstate_status(sqlstate), "cannot read the database", {"sqlstate", sqlstate},
		{"reason", reason ? reason : "connection lost"});
}

static void cancel(PGconn *conn)
{
	char error[256];
	PGcancel *cancel = PQgetCancel(conn);

	PQcancel(cancel, error, sizeof(error));
	PQfreeCancel(cancel);
}

/* Wait for the result, or for a signal that asks to stop. */
static int wait_result(struct pg *pg)
{
	while (PQisBusy(pg->conn)) {
		struct pollfd watched[] = {{.fd = PQsocket(pg->conn), .events = POLLIN},
			{.fd = signals_fd(), .events = POLLIN}};
		if (poll(watched, 2, -1) < 0 && errno != EINTR)
			return fail(EX_OSERR, "cannot wait", LOG_ERRNO(errno));
		if (source_stopped()) {
			cancel(pg->conn);
			return fail(EX_TEMPFAIL, "stopped before the end", {"reason", "signal"});
		}
		if (!PQconsumeInput(pg->conn))
			return fail(EX_TEMPFAIL, "cannot read the database",
				{"reason", "connection lost"});
	}
	return 0;
}

/* Run one statement. After 0 the caller owns `*result`. */
static int run(struct pg *pg, const char *sql, const struct query *query, PGresult **result)
{
	int status = 0;

	if (!PQsendQueryParams(pg->conn, sql, query ? (int)query->count : 0, NULL,
		    query ? query->parameters : NULL, NULL, NULL, 1))
		return fail(
			EX_TEMPFAIL, "cannot query the database", {"reason", "connection lost"});
	status = wait_result(pg);
	if (status)
		return status;
	*result = PQgetResult(pg->conn);
	ExecStatusType kind = PQresultStatus(*result);
	if (kind != PGRES_COMMAND_OK && kind != PGRES_TUPLES_OK) {
		status = fail_query(*result);
		PQclear(*result);
		return status;
	}
	PQclear(PQgetResult(pg->conn));
	return 0;
}

static int command(struct pg *pg, const char *sql)
{
	PGresult *result;
	int status = run(pg, sql, NULL, &result);

	if (!status)
		PQclear(result);
	return status;
}

static int columns(struct source *source, size_t t, bool exists[COLUMNS_MAX])
{
	const char *name = tables[t].name;
	const struct query query = {.parameters = &name, .count = 1};
	PGresult *result;
	int status = run(pg_of(source),
		"SELECT attname::text FROM pg_attribute "
		"WHERE attrelid = to_regclass($1) AND attnum > 0 AND NOT attisdropped",
		&query, &result);

	if (status)
		return status;
	for (size_t c = 0; c < tables[t].count; c++) {
		for (int row = 0; row < PQntuples(result) && !exists[c]; row++)
			exists[c] =
				strcmp(PQgetvalue(result, row, 0), tables[t].columns[c].name) == 0;
	}
	PQclear(result);
	return 0;
}

static int begin(struct source *source, size_t t, const struct query *query)
{
	struct buffer sql = {0};
	PGresult *result;

	if (query->count > QUERY_PARAMETERS_MAX)
		return fail(EX_USAGE, "too many kits or drones",
			{"max", log_number(QUERY_PARAMETERS_MAX).text});
	buffer_printf(&sql, "DECLARE wd_%zu NO SCROLL CURSOR FOR %s", t, query->sql.data);
	buffer_add_char(&sql, '\0');
	int status = sql.failed ? fail(EX_OSERR, "out of memory")
				: run(pg_of(source), sql.data, query, &result);
	if (!status)
		PQclear(result);
	buffer_release(&sql);
	return status;
}

static uint64_t big_endian(const char *at, int length)
{
	uint64_t number = 0;

	for (int i = 0; i < length; i++)
		number = number << 8 | (unsigned char)at[i];
	return number;
}

/* Clamp what a clock_us cannot hold, such as infinity. */
static clock_us time_of(int64_t since_2000_us)
{
	return since_2000_us > INT64_MAX - POSTGRESQL_EPOCH_US
		       ? INT64_MAX
		       : since_2000_us + POSTGRESQL_EPOCH_US;
}

static struct cell cell_of(enum column_kind kind, const char *at, int length)
{
	uint64_t bits = length <= 8 ? big_endian(at, length) : 0;
	double real;

	switch (kind) {
	case COLUMN_TIME:
		return (struct cell){CELL_INTEGER, .integer = time_of((int64_t)bits)};
	case COLUMN_REAL:
		memcpy(&real, &bits, sizeof(real));
		return (struct cell){CELL_REAL, .real = real};
	case COLUMN_INTEGER:
	case COLUMN_BIGINT:
	case COLUMN_BOOLEAN:
		return (struct cell){CELL_INTEGER, .integer = (int64_t)bits};
	default:
		return (struct cell){CELL_TEXT, .text = {at, (size_t)length}};
	}
}

static int fetch(struct pg *pg, size_t t)
{
	struct cursor *cursor = &pg->cursors[t];
	char sql[64];

	PQclear(cursor->rows);
	*cursor = (struct cursor){0};
	snprintf(sql, sizeof(sql), "FETCH %d FROM wd_%zu",
		t == TABLE_REJECT ? FETCH_REJECTS : FETCH_ROWS, t);
	int status = run(pg, sql, NULL, &cursor->rows);
	if (status) {
		cursor->rows = NULL;
		return status;
	}
	cursor->count = PQntuples(cursor->rows);
	return 0;
}

static int next(struct source *source, size_t t, struct row *row, bool *more)
{
	struct pg *pg = pg_of(source);
	struct cursor *cursor = &pg->cursors[t];

	if (cursor->at == cursor->count) {
		int status = fetch(pg, t);
		if (status)
			return status;
	}
	*more = cursor->at < cursor->count;
	if (!*more)
		return 0;
	for (size_t c = 0; c < row->table->count; c++) {
		int at = cursor->at, column = (int)c;
		row->cells[c] = PQgetisnull(cursor->rows, at, column)
					? (struct cell){CELL_NULL}
					: cell_of(row->table->columns[c].kind,
						  PQgetvalue(cursor->rows, at, column),
						  PQgetlength(cursor->rows, at, column));
	}
	cursor->at++;
	return 0;
}

static void close_source(struct source *source)
{
	struct pg *pg = pg_of(source);

	for (size_t t = 0; t < TABLE_COUNT; t++)
		PQclear(pg->cursors[t].rows);
	PQfinish(pg->conn);
	free(pg);
}

static const struct source_calls calls = {columns, begin, next, close_source, DIALECT_POSTGRESQL};

static int fail_connection(const struct connection_error *error)
{
	const char *sqlstate = *error->sqlstate ? error->sqlstate : NULL;
	int status = sqlstate_status(sqlstate);

	if (status == EX_TEMPFAIL)
		return fail(status, "the database is unavailable", {"sqlstate", sqlstate},
			{"reason", error->reason}, {"hint", error->hint});
	return fail(status, "cannot read the database", {"sqlstate", sqlstate},
		{"reason", error->reason}, {"hint", sqlstate_hint(sqlstate)});
}

int source_postgresql(const char *url, struct source **source)
{
	struct connection_error error;
	struct pg *pg = calloc(1, sizeof(*pg));

	if (!pg)
		return fail(EX_OSERR, "out of memory");
	pg->source.calls = &calls;
	pg->conn = connection_open(url, "wd-dump", &error);
	int status = pg->conn ? command(pg, "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")
			      : fail_connection(&error);
	if (status)
		close_source(&pg->source);
	else
		*source = &pg->source;
	return status;
}
