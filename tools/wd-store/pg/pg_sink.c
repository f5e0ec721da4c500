/* The PostgreSQL sink: COPY into the table itself where no key repeats, else through a temporary
 * table and INSERT … ON CONFLICT. */
#include "common/log.h"
#include "tools/wd-store/kits.h"
#include "tools/wd-store/pg/pg.h"
#include "tools/wd-store/schema.h"
#include "tools/wd-store/sql.h"

#include <stdlib.h>
#include <sysexits.h>

static struct pg_sink *pg_of(struct sink *sink)
{
	return (struct pg_sink *)sink;
}

static int pg_begin(struct sink *sink, const struct rows *rows)
{
	struct pg_sink *pg = pg_of(sink);
	int status = pg_connect(pg);

	if (!status)
		status = pg_stage_all(pg, rows);
	return status ? status : pg_run(pg, "BEGIN");
}

static int pg_commit(struct sink *sink)
{
	return pg_run(pg_of(sink), "COMMIT");
}

/* A connection that cannot even roll back is given up. */
static void pg_abandon(struct sink *sink)
{
	struct pg_sink *pg = pg_of(sink);

	if (!pg->conn)
		return;
	PGresult *result = PQexec(pg->conn, "ROLLBACK");
	if (PQresultStatus(result) != PGRES_COMMAND_OK)
		pg_disconnect(pg);
	PQclear(result);
}

static int pg_mark(struct sink *sink)
{
	return pg_run(pg_of(sink), "SAVEPOINT wd");
}

static int pg_undo(struct sink *sink)
{
	return pg_run(pg_of(sink), "ROLLBACK TO SAVEPOINT wd; RELEASE SAVEPOINT wd");
}

static int pg_keep(struct sink *sink)
{
	return pg_run(pg_of(sink), "RELEASE SAVEPOINT wd");
}

static int pg_put(struct sink *sink, const struct rows *rows, size_t *stored)
{
	int status = 0;

	for (size_t t = 0; t < TABLE_COUNT && !status; t++) {
		size_t changed = 0;
		if (rows->of[t].count > 0)
			status = pg_put_rows(pg_of(sink), t, &rows->of[t], &changed);
		if (t != TABLE_OWN_REJECTS)
			*stored += changed;
	}
	return status;
}

static void pg_check_kits(struct sink *sink)
{
	PGresult *pairs = PQexec(pg_of(sink)->conn, kits_sharing_address);

	for (int row = 0; row < PQntuples(pairs); row++)
		kits_warn_sharing(PQgetvalue(pairs, row, 0), PQgetvalue(pairs, row, 1));
	PQclear(pairs);
}

static int pg_check(struct sink *sink)
{
	struct pg_sink *pg = pg_of(sink);
	int status = pg_connect(pg);

	return status ? status : pg_check_rights(pg);
}

/* Creates the tables, or adds what an older database lacks. */
static int create_tables(struct pg_sink *pg)
{
	struct buffer sql = {0};

	buffer_add_text(&sql, sql_postgresql);
	schema_postgresql(&sql);
	buffer_add_text(&sql, sql_indexes);
	buffer_add_char(&sql, '\0');
	int status = sql.failed ? fail(EX_OSERR, "out of memory") : pg_run(pg, sql.data);
	buffer_release(&sql);
	return status;
}

/* One transaction: all of it or nothing. */
static int pg_migrate(struct sink *sink, bool roles)
{
	struct pg_sink *pg = pg_of(sink);
	int status = pg_connect_only(pg);

	if (!status)
		status = pg_run(pg, "BEGIN");
	if (!status)
		status = create_tables(pg);
	if (!status)
		status = pg_run(pg, sql_timescaledb);
	if (!status && roles)
		status = pg_run(pg, sql_roles);
	return status ? status : pg_run(pg, "COMMIT");
}

static void pg_close(struct sink *sink)
{
	struct pg_sink *pg = pg_of(sink);

	pg_disconnect(pg);
	buffer_release(&pg->copy);
	free(pg->url);
	free(pg);
}

static const struct sink_calls calls = {
	.send = pg_send,
	.finish = pg_finish,
	.begin = pg_begin,
	.commit = pg_commit,
	.abandon = pg_abandon,
	.mark = pg_mark,
	.undo = pg_undo,
	.keep = pg_keep,
	.put = pg_put,
	.check_kits = pg_check_kits,
	.check = pg_check,
	.migrate = pg_migrate,
	.close = pg_close,
};

/* libpq's own words on a URL repeat it, and the password in it. */
static int check_url(const char *url)
{
	PQconninfoOption *options = PQconninfoParse(url, NULL);

	if (!options)
		return fail(EX_USAGE, "the database's URL cannot be read",
			{"expected", "postgresql://USER@HOST/DATABASE"});
	PQconninfoFree(options);
	return 0;
}

int sink_postgresql(const char *url, struct sink **sink)
{
	int status = check_url(url);
	struct pg_sink *pg = status ? NULL : calloc(1, sizeof(*pg));

	if (status)
		return status;
	if (pg)
		pg->url = strdup(url);
	if (!pg || !pg->url) {
		free(pg);
		return fail(EX_OSERR, "out of memory");
	}
	pg->sink.calls = &calls;
	for (size_t t = 0; t < TABLE_COUNT; t++)
		pg->all_new[t] = true;
	*sink = &pg->sink;
	return 0;
}
