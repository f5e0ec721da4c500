/* A batch as one script. */
#include "common/base/array.h"
#include "tools/wd-store/pg/pg.h"

#include <stdlib.h>
#include <sysexits.h>

/* Fewer rows gain nothing from COPY into the table. */
#define DIRECT_ROWS_MIN 20

/* Batches without COPY into the table, at most. */
#define PENALTY_MAX 63

static bool takes_copy(const struct pg_sink *pg, size_t t)
{
	return pg->same_types[t] && !pg->direct_fails[t] &&
	       (t == TABLE_DRONE || t == TABLE_SIGNAL || t == TABLE_SYSTEM_HEALTH);
}

static bool can_copy_directly(const struct pg_sink *pg, size_t t, const struct rows *rows)
{
	return takes_copy(pg, t) && pg->trust[t].wait == 0 && rows->of[t].count >= DIRECT_ROWS_MIN;
}

static bool is_empty(const struct rows *rows)
{
	for (size_t t = 0; t < TABLE_COUNT; t++) {
		if (rows->of[t].count > 0)
			return false;
	}
	return true;
}

enum sink_result pg_expect(struct pg_sink *pg, ExecStatusType wanted, size_t *rows)
{
	PGresult *result = PQgetResult(pg->conn);

	if (result && PQresultStatus(result) == wanted && rows)
		*rows = strtoul(PQcmdTuples(result), NULL, 10);
	return pg_check_kind(pg, result, wanted);
}

static enum sink_result expect_commands(struct pg_sink *pg, size_t count)
{
	enum sink_result result = SINK_OK;

	while (result == SINK_OK && count-- > 0)
		result = pg_expect(pg, PGRES_COMMAND_OK, NULL);
	return result;
}

/* Read what is left of a script, so that the connection can be used again. An error here is that of
 * the commit, if there was none before. */
static enum sink_result drain(struct pg_sink *pg, enum sink_result result)
{
	PGresult *next;

	while (pg->conn && (next = PQgetResult(pg->conn)) != NULL) {
		ExecStatusType kind = PQresultStatus(next);
		if (kind == PGRES_COPY_IN)
			PQputCopyEnd(pg->conn, "given up");
		if (result == SINK_OK)
			result = pg_check_result(pg, next);
		else
			PQclear(next);
		if (PQstatus(pg->conn) == CONNECTION_BAD)
			break;
	}
	return result;
}

static enum sink_result send_script(struct pg_sink *pg, struct buffer *sql)
{
	enum sink_result result = SINK_OK;

	buffer_add_char(sql, '\0');
	if (sql->failed)
		result = sink_fail(&pg->sink, EX_OSERR, "out of memory");
	else if (PQsendQuery(pg->conn, sql->data) != 1)
		result = pg_error(pg, NULL, NULL);
	buffer_release(sql);
	return result;
}

/* Answer the COPY of one table, and read its results and those of the upsert if there is one. */
static enum sink_result send_table(struct pg_sink *pg, size_t t, const struct rows *rows)
{
	enum sink_result result = expect_commands(pg, pg->direct[t] ? 0 : 1);

	if (result == SINK_OK)
		result = pg_expect(pg, PGRES_COPY_IN, NULL);
	if (result != SINK_OK)
		return result;
	if (t == TABLE_DRONE)
		return pg_store_drones(pg, &rows->of[t]);
	pg_copy(pg, t, &rows->of[t]);
	result = pg_expect(pg, PGRES_COMMAND_OK, &pg->changed[t]);
	if (result == SINK_OK && !pg->direct[t])
		result = pg_expect(pg, PGRES_COMMAND_OK, &pg->changed[t]);
	return result;
}

/* `roll_back`: in a transaction that only tries. */
static enum sink_result send_all(struct pg_sink *pg, const struct rows *rows, bool roll_back)
{
	struct buffer sql = {0};
	enum sink_result result = pg_read_kept(pg);

	if (result != SINK_OK)
		return result;
	memset(pg->changed, 0, sizeof(pg->changed));
	pg->sightings_failed = false;
	if (roll_back)
		buffer_add_text(&sql, "BEGIN;");
	pg_put_settings(pg, &sql);
	for (size_t t = 0; t < TABLE_COUNT; t++) {
		if (rows->of[t].count > 0)
			pg_put_script(pg, &sql, t, pg->direct[t]);
	}
	if (roll_back)
		buffer_add_text(&sql, "SET CONSTRAINTS ALL IMMEDIATE;ROLLBACK");
	result = send_script(pg, &sql);
	if (result == SINK_OK)
		result = expect_commands(pg, pg_settings_count(pg) + roll_back);
	for (size_t t = 0; t < TABLE_COUNT && result == SINK_OK; t++) {
		if (rows->of[t].count > 0)
			result = send_table(pg, t, rows);
	}
	return drain(pg, result);
}

/* A failed COPY into the table has no consequence yet: a key exists, the table is a view or has row-level
 * security, or a distributed database reports a duplicate as an internal error. */
static bool may_be_direct(const struct pg_sink *pg, enum sink_result result)
{
	return memchr(pg->direct, true, sizeof(pg->direct)) && !pg->sightings_failed &&
	       (result == SINK_REFUSED || result == SINK_SUSPECT || result == SINK_FAILED);
}

static enum sink_result send_staged(struct pg_sink *pg, const struct rows *rows)
{
	bool direct[TABLE_COUNT];
	/* Citus reports one as an internal error. */
	bool duplicate =
		strcmp(pg->sink.error.code, "23505") == 0 ||
		(pg->sink.dialect == DIALECT_CITUS && strcmp(pg->sink.error.code, "XX000") == 0);

	memcpy(direct, pg->direct, sizeof(direct));
	memset(pg->direct, 0, sizeof(pg->direct));
	enum sink_result result = send_all(pg, rows, false);
	for (size_t t = 0; t < TABLE_COUNT && result == SINK_OK && !duplicate; t++)
		pg->direct_fails[t] = pg->direct_fails[t] || direct[t];
	return result;
}

/* Note whether all rows of a batch were new, and whether COPY into the table `failed`. */
static void update_trust(struct pg_trust *trust, bool all_new, bool failed)
{
	if (failed) {
		trust->penalty = 2 * trust->penalty + 1;
		if (trust->penalty > PENALTY_MAX)
			trust->penalty = PENALTY_MAX;
		trust->wait = trust->penalty;
	} else if (!all_new && trust->wait == 0) {
		trust->wait = 1;
	} else if (all_new && trust->wait > 0) {
		trust->wait--;
	} else if (all_new) {
		trust->penalty /= 2;
	}
}

enum sink_result pg_store(struct sink *sink, const struct rows *rows, size_t *stored)
{
	struct pg_sink *pg = (struct pg_sink *)sink;
	bool direct[TABLE_COUNT];

	if (is_empty(rows))
		return SINK_OK;
	enum sink_result result = pg_connect(pg);
	if (result != SINK_OK)
		return result;
	for (size_t t = 0; t < TABLE_COUNT; t++)
		pg->direct[t] = can_copy_directly(pg, t, rows);
	result = send_all(pg, rows, false);
	memcpy(direct, pg->direct, sizeof(direct));
	bool failed = may_be_direct(pg, result);
	if (failed)
		result = send_staged(pg, rows);
	if (result == SINK_OK)
		pg_warn_expired(pg, rows);
	for (size_t t = 0; t < TABLE_COUNT; t++) {
		if (rows->of[t].count > 0)
			update_trust(&pg->trust[t],
				result == SINK_OK && pg->changed[t] == rows->of[t].count,
				failed && direct[t]);
		if (t != TABLE_OWN_REJECTS)
			*stored += pg->changed[t];
	}
	return result;
}

static enum sink_result try_way(struct pg_sink *pg, const struct rows *rows, bool direct)
{
	for (size_t t = 0; t < TABLE_COUNT; t++)
		pg->direct[t] = direct && takes_copy(pg, t);
	return send_all(pg, rows, true);
}

enum sink_result pg_probe(struct sink *sink, const struct rows *rows)
{
	struct pg_sink *pg = (struct pg_sink *)sink;
	enum sink_result result = pg_connect(pg);

	if (result == SINK_OK)
		result = try_way(pg, rows, false);
	if (result != SINK_OK)
		return result;
	result = try_way(pg, rows, true);
	if (result == SINK_RETRY || result == SINK_RACE)
		return result;
	for (size_t t = 0; t < TABLE_COUNT && result != SINK_OK; t++)
		pg->direct_fails[t] = pg->direct_fails[t] || pg->direct[t];
	sink->calls->abandon(sink);
	return SINK_OK;
}
