/* The PostgreSQL sink: COPY into the table itself while no key exists there, else into a temporary
 * table, then INSERT … ON CONFLICT. */
#include "common/base/xalloc.h"
#include "tools/wd-store/pg/pg.h"
#include "tools/wd-store/schema/kits.h"
#include "tools/wd-store/schema/schema.h"
#include "tools/wd-store/sql.h"

#include <stdio.h>
#include <stdlib.h>
#include <sysexits.h>

static struct pg_sink *pg_of(struct sink *sink)
{
	return (struct pg_sink *)sink;
}

/* A script that failed has been rolled back, unless it was a probe, which begins a transaction. */
static void pg_abandon(struct sink *sink)
{
	struct pg_sink *pg = pg_of(sink);

	if (!pg->conn || PQtransactionStatus(pg->conn) == PQTRANS_IDLE)
		return;
	PGresult *result = PQexec(pg->conn, "ROLLBACK");
	if (PQresultStatus(result) != PGRES_COMMAND_OK)
		pg_disconnect(pg);
	PQclear(result);
}

static void pg_idle(struct sink *sink)
{
	(void)sink;
}

static void pg_check_kits(struct sink *sink)
{
	PGresult *pairs = PQexec(pg_of(sink)->conn, kits_sharing_address);

	for (int row = 0; row < PQntuples(pairs); row++)
		kits_warn_sharing(PQgetvalue(pairs, row, 0), PQgetvalue(pairs, row, 1));
	PQclear(pairs);
}

static enum sink_result pg_check(struct sink *sink)
{
	enum sink_result result = pg_connect(pg_of(sink));

	return result == SINK_OK ? pg_check_privileges(pg_of(sink)) : result;
}

static enum sink_result pg_check_unused(struct sink *sink)
{
	return pg_connect(pg_of(sink));
}

/* Create the tables, or add what an older database lacks. */
static enum sink_result create_tables(struct pg_sink *pg)
{
	struct buffer sql = {0};

	buffer_add_text(&sql, sql_postgresql);
	schema_postgresql(&sql);
	buffer_add_text(&sql, sql_indexes);
	buffer_add_text(&sql, sql_storage);
	buffer_add_text(&sql, sql_flights);
	buffer_add_char(&sql, '\0');
	enum sink_result result = sql.failed ? sink_fail(&pg->sink, EX_OSERR, "out of memory")
					     : pg_run_each(pg, sql.data);
	buffer_release(&sql);
	return result;
}

/* For timescaledb.sql: in this transaction. */
static enum sink_result set_retention(struct pg_sink *pg, const struct retention *retention)
{
	char sql[192];

	snprintf(sql, sizeof(sql),
		"SET LOCAL wd.keep_rows = '%.0f'; SET LOCAL wd.keep_health = '%.0f'; "
		"SET LOCAL wd.keep_sightings = '%.0f'",
		retention->keep_s[KEEP_ROWS], retention->keep_s[KEEP_HEALTH],
		retention->keep_s[KEEP_SIGHTINGS]);
	return pg_run(pg, sql);
}

static enum sink_result migrate_in_transaction(
	struct pg_sink *pg, const struct migration *migration)
{
	enum sink_result result = pg_run(pg, "BEGIN");

	if (result == SINK_OK)
		result = create_tables(pg);
	if (result == SINK_OK)
		result = pg_create_keys(pg);
	if (result == SINK_OK)
		result = set_retention(pg, &migration->retention);
	if (result == SINK_OK)
		result = pg_run(pg, sql_timescaledb);
	if (result == SINK_OK && migration->roles)
		result = pg_run_each(pg, sql_roles);
	return result == SINK_OK ? pg_run(pg, "COMMIT") : result;
}

static enum sink_result pg_migrate(struct sink *sink, const struct migration *migration)
{
	struct pg_sink *pg = pg_of(sink);
	enum sink_result result = pg_connect_only(pg);

	if (result == SINK_OK)
		result = pg_check_encoding(pg);
	if (result == SINK_OK)
		result = migrate_in_transaction(pg, migration);
	if (result == SINK_OK)
		result = pg_distribute(pg, migration->distribute);
	return result == SINK_OK ? pg_read_retention(pg) : result;
}

static enum sink_result pg_backup(struct sink *sink, const char *file)
{
	return sink_fail(sink, EX_USAGE, "--backup is for SQLite", {"file", file},
		{"hint", "pg_dump -Fc -f FILE DATABASE"});
}

/* Run statements as one transaction, with the settings of a batch. */
static PGresult *run_as_batch(const struct pg_sink *pg, const char *statements)
{
	struct buffer sql = {0};

	pg_put_settings(pg, &sql);
	buffer_add_text(&sql, statements);
	buffer_add_char(&sql, '\0');
	PGresult *result = PQexec(pg->conn, sql.failed ? statements : sql.data);
	buffer_release(&sql);
	return result;
}

static enum sink_result pg_prune(struct sink *sink, size_t t, const char *sql, size_t *deleted)
{
	struct pg_sink *pg = pg_of(sink);
	enum sink_result result = pg_connect(pg);

	*deleted = 0;
	if (result != SINK_OK || pg->keeps_us[t])
		return result;
	PGresult *rows = run_as_batch(pg, sql);
	*deleted = strtoul(PQcmdTuples(rows), NULL, 10);
	return pg_check_result(pg, rows);
}

static enum sink_result pg_run_number(struct sink *sink, const char *sql, int64_t *number)
{
	enum sink_result result = pg_connect(pg_of(sink));

	if (result != SINK_OK)
		return result;
	PGresult *rows = run_as_batch(pg_of(sink), sql);
	if (PQresultStatus(rows) != PGRES_TUPLES_OK)
		*number = strtoll(PQcmdTuples(rows), NULL, 10);
	else if (PQntuples(rows) == 0 || PQgetisnull(rows, 0, 0))
		*number = SINK_NO_NUMBER;
	else
		*number = strtoll(PQgetvalue(rows, 0, 0), NULL, 10);
	return pg_check_result(pg_of(sink), rows);
}

/* Autovacuum makes the space usable for new rows. */
static enum sink_result pg_shrink(struct sink *sink)
{
	(void)sink;
	return SINK_OK;
}

static void pg_close(struct sink *sink)
{
	struct pg_sink *pg = pg_of(sink);

	pg_disconnect(pg);
	buffer_release(&pg->copy);
	sightings_release(&pg->sightings);
	free(pg->url);
	free(pg);
}

static const struct sink_calls calls = {
	.store = pg_store,
	.abandon = pg_abandon,
	.probe = pg_probe,
	.idle = pg_idle,
	.check_kits = pg_check_kits,
	.check = pg_check,
	.check_unused = pg_check_unused,
	.check_delete = pg_check_delete,
	.migrate = pg_migrate,
	.backup = pg_backup,
	.prune = pg_prune,
	.run = pg_run_number,
	.shrink = pg_shrink,
	.close = pg_close,
};

/* libpq's message about a URL repeats it with the password. */
static int check_url(const char *url)
{
	PQconninfoOption *options = PQconninfoParse(url, NULL);

	if (!options)
		return fail(EX_USAGE, "invalid URL of a database",
			{"expected", "postgresql://USER@HOST/DATABASE"});
	PQconninfoFree(options);
	return 0;
}

int sink_postgresql(const char *url, struct sink **sink)
{
	int status = check_url(url);

	if (status)
		return status;
	struct pg_sink *pg = xcalloc(1, sizeof(*pg));
	pg->url = xstrndup(url, strlen(url));
	pg->sink.calls = &calls;
	pg->sink.dialect = DIALECT_POSTGRESQL;
	*sink = &pg->sink;
	return 0;
}
