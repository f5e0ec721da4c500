/* A whole batch as one script: the database works on it while the next batch is read. */
#include "common/log.h"
#include "tools/wd-store/pg/pg.h"
#include "tools/wd-store/upsert.h"

#include <stdlib.h>
#include <sysexits.h>

/* Rows: below this there is nothing to win by going directly, and each time that it fails is a line
 * in the server's log. */
#define DIRECT_ROWS_MIN 1000

void pg_script(struct buffer *sql, size_t t, bool direct)
{
	buffer_add_text(sql, "COPY ");
	if (direct)
		buffer_add_text(sql, tables[t].name);
	else
		buffer_printf(sql, "wd_stage_%zu", t);
	buffer_add_text(sql, " (");
	upsert_columns(sql, &tables[t]);
	buffer_add_text(sql, ") FROM STDIN BINARY;");
	if (!direct)
		buffer_printf(sql, "EXECUTE put_%zu;", t);
}

int pg_stage_all(struct pg_sink *pg, const struct rows *rows)
{
	int status = 0;

	for (size_t t = 0; t < TABLE_COUNT && !status; t++) {
		if (rows->of[t].count > 0 || t == TABLE_OWN_REJECTS)
			status = pg_stage(pg, t);
	}
	return status;
}

/* The next result, as a status; its count of rows in `*rows` where that is asked for. */
static int expect(struct pg_sink *pg, ExecStatusType wanted, size_t *rows)
{
	PGresult *result = PQgetResult(pg->conn);

	if (result && PQresultStatus(result) == wanted && rows)
		*rows = strtoul(PQcmdTuples(result), NULL, 10);
	return pg_check_result(pg, result);
}

/* What the statements of pg_script() say, in their order. */
static int read_results(struct pg_sink *pg, size_t t, bool direct, size_t *changed)
{
	int status = expect(pg, PGRES_COMMAND_OK, changed);

	if (!status && !direct)
		status = expect(pg, PGRES_COMMAND_OK, changed);
	pg->received[t] = !status;
	return status;
}

/* What is left of a script after an error, so that the connection can be used again. */
static void drain(struct pg_sink *pg)
{
	PGresult *result;

	while (pg->conn && (result = PQgetResult(pg->conn)) != NULL) {
		ExecStatusType kind = PQresultStatus(result);
		PQclear(result);
		if (kind == PGRES_COPY_IN)
			PQputCopyEnd(pg->conn, "given up");
		if (PQstatus(pg->conn) == CONNECTION_BAD)
			return;
	}
}

int pg_put_rows(struct pg_sink *pg, size_t t, const struct table_rows *rows, size_t *changed)
{
	struct buffer sql = {0};
	size_t more = 0;
	int status;

	/* The next part of the batch finds the temporary table empty again. TRUNCATE would make a
	 * file for each part: a batch of nothing but bad rows took minutes. */
	pg_script(&sql, t, false);
	buffer_printf(&sql, "DELETE FROM wd_stage_%zu", t);
	buffer_add_char(&sql, '\0');
	bool sent = !sql.failed && PQsendQuery(pg->conn, sql.data) == 1;
	status = sql.failed ? fail(EX_OSERR, "out of memory")
		 : sent     ? expect(pg, PGRES_COPY_IN, NULL)
			    : pg_check_result(pg, NULL);
	buffer_release(&sql);
	if (!status)
		status = pg_copy(pg, t, rows);
	if (!status)
		status = read_results(pg, t, false, &more);
	if (!status)
		status = expect(pg, PGRES_COMMAND_OK, NULL);
	drain(pg);
	*changed += more;
	return status;
}

static bool can_copy_directly(const struct pg_sink *pg, size_t t, const struct rows *rows)
{
	return rows->of[t].count >= DIRECT_ROWS_MIN && pg->same_types[t] && pg->all_new[t] &&
	       (t == TABLE_DRONE || t == TABLE_SIGNAL || t == TABLE_SYSTEM_HEALTH);
}

/* The tables in the order in which they are sent: TABLE_DRONE, which mostly has the most rows,
 * last, because only the last is not waited for. */
static size_t table_in_order(size_t i)
{
	return (i + TABLE_DRONE + 1) % TABLE_COUNT;
}

static int send_script(struct pg_sink *pg, const struct rows *rows)
{
	struct buffer sql = {0};

	buffer_add_text(&sql, "BEGIN;");
	for (size_t i = 0; i < TABLE_COUNT; i++) {
		if (rows->of[table_in_order(i)].count > 0)
			pg_script(&sql, table_in_order(i), pg->direct[table_in_order(i)]);
	}
	buffer_add(&sql, "COMMIT", sizeof("COMMIT"));
	int status = sql.failed ? fail(EX_OSERR, "out of memory") : 0;
	if (!status && PQsendQuery(pg->conn, sql.data) != 1)
		status = pg_check_result(pg, NULL);
	buffer_release(&sql);
	return status ? status : expect(pg, PGRES_COMMAND_OK, NULL);
}

/* Hears what became of the table before, then sends the next one's rows. */
static int send_rows(struct pg_sink *pg, const struct rows *rows)
{
	size_t before = TABLE_COUNT;
	int status = 0;

	for (size_t i = 0; i < TABLE_COUNT && !status; i++) {
		size_t t = table_in_order(i);
		if (rows->of[t].count == 0)
			continue;
		if (before < TABLE_COUNT)
			status = read_results(pg, before, pg->direct[before], &pg->changed[before]);
		if (!status)
			status = expect(pg, PGRES_COPY_IN, NULL);
		if (!status)
			status = pg_copy(pg, t, &rows->of[t]);
		before = t;
	}
	return status;
}

static int send_all(struct pg_sink *pg, const struct rows *rows)
{
	int status = pg_stage_all(pg, rows);

	memset(pg->received, 0, sizeof(pg->received));
	memset(pg->changed, 0, sizeof(pg->changed));
	if (!status)
		status = send_script(pg, rows);
	if (!status)
		status = send_rows(pg, rows);
	if (status)
		drain(pg);
	return status;
}

/* Hears the rest, COMMIT at last. */
static int read_all_results(struct pg_sink *pg, const struct rows *rows)
{
	int status = 0;

	for (size_t i = 0; i < TABLE_COUNT && !status; i++) {
		size_t t = table_in_order(i);
		if (rows->of[t].count > 0 && !pg->received[t])
			status = read_results(pg, t, pg->direct[t], &pg->changed[t]);
	}
	if (!status)
		status = expect(pg, PGRES_COMMAND_OK, NULL);
	drain(pg);
	return status;
}

static bool empty(const struct rows *rows)
{
	for (size_t t = 0; t < TABLE_COUNT; t++) {
		if (rows->of[t].count > 0)
			return false;
	}
	return true;
}

int pg_send(struct sink *sink, const struct rows *rows)
{
	struct pg_sink *pg = (struct pg_sink *)sink;
	int status = empty(rows) ? 0 : pg_connect(pg);

	if (status || empty(rows))
		return status;
	for (size_t t = 0; t < TABLE_COUNT; t++)
		pg->direct[t] = can_copy_directly(pg, t, rows);
	pg->sent = send_all(pg, rows);
	return pg->sent == SINK_DATA ? 0 : pg->sent;
}

/* A key was there already: the same once more, through the temporary tables. */
static int send_staged(struct pg_sink *pg, const struct rows *rows)
{
	int status = pg_run(pg, "ROLLBACK");

	memset(pg->direct, 0, sizeof(pg->direct));
	if (!status)
		status = send_all(pg, rows);
	return status ? status : read_all_results(pg, rows);
}

int pg_finish(struct sink *sink, const struct rows *rows, size_t *stored)
{
	struct pg_sink *pg = (struct pg_sink *)sink;
	int status = pg->sent;

	if (empty(rows))
		return 0;
	if (!status)
		status = read_all_results(pg, rows);
	if (status == SINK_DATA && memchr(pg->direct, true, sizeof(pg->direct)))
		status = send_staged(pg, rows);
	if (!status)
		pg_warn_expired(pg, rows);
	for (size_t t = 0; t < TABLE_COUNT; t++) {
		if (rows->of[t].count > 0)
			pg->all_new[t] = !status && pg->changed[t] == rows->of[t].count;
		if (t != TABLE_OWN_REJECTS)
			*stored += pg->changed[t];
	}
	return status;
}
