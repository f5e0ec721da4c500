#include "common/clock.h"
#include "common/log.h"
#include "tools/wd-store/pg/pg.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <sysexits.h>

#define CONNECT_TIMEOUT_US (10 * CLOCK_SECOND_US)

void pg_disconnect(struct pg_sink *pg)
{
	PQfinish(pg->conn);
	pg->conn = NULL;
}

/* Wait for what libpq waits for; false when the time is up. */
static bool wait_for(const PGconn *conn, PostgresPollingStatusType wanted, int64_t until_us)
{
	struct pollfd socket = {
		.fd = PQsocket(conn), .events = wanted == PGRES_POLLING_WRITING ? POLLOUT : POLLIN};
	int64_t left_us = until_us - clock_mono_us();

	if (left_us <= 0)
		return false;
	return poll(&socket, 1, (int)(left_us / 1000) + 1) > 0 || errno == EINTR;
}

static bool finish_connecting(PGconn *conn)
{
	int64_t until_us = clock_mono_us() + CONNECT_TIMEOUT_US;
	PostgresPollingStatusType wanted = PGRES_POLLING_WRITING;

	if (PQstatus(conn) == CONNECTION_BAD)
		return false;
	while (wanted != PGRES_POLLING_OK && wanted != PGRES_POLLING_FAILED) {
		if (!wait_for(conn, wanted, until_us))
			return false;
		wanted = PQconnectPoll(conn);
	}
	return wanted == PGRES_POLLING_OK;
}

/* The URL (`dbname`) may override what precedes it. A vanished server is detected after 30 s. */
static PGconn *start_connecting(const char *url)
{
	static const char *const names[] = {"fallback_application_name", "keepalives_idle",
		"keepalives_interval", "keepalives_count", "tcp_user_timeout", "dbname",
		"client_encoding", NULL};
	const char *const values[] = {"wd-store", "15", "5", "3", "30000", url, "UTF8", NULL};

	return PQconnectStartParams(names, values, 1);
}

/* With PQERRORS_SQLSTATE, the message about a server's refusal is only its code; libpq has no field
 * for it. */
static enum sink_result connect_error(struct pg_sink *pg)
{
	char sqlstate[6];
	char reason[SINK_REASON_MAX];
	const char *message = PQerrorMessage(pg->conn);
	const char *failed = strstr(message, "failed: ");

	if (sqlstate_from_message(message, sqlstate)) {
		bool missing = strncmp(sqlstate, "3D", 2) == 0;
		enum sink_result result =
			pg_error(pg, sqlstate, missing ? "no such database" : "access refused");
		return result == SINK_SUSPECT ? sink_report(&pg->sink) : result;
	}
	if (!*message)
		message = "timeout";
	snprintf(reason, sizeof(reason), "no connection: %s",
		failed ? failed + strlen("failed: ") : message);
	reason[strcspn(reason, "\n")] = '\0';
	return pg_error(pg, NULL, reason);
}

static void log_notice(void *self, const PGresult *notice)
{
	(void)self;
	log_debug("notice from the database",
		{"sqlstate", PQresultErrorField(notice, PG_DIAG_SQLSTATE)});
}

enum sink_result pg_connect_only(struct pg_sink *pg)
{
	if (pg->conn)
		return SINK_OK;
	pg->conn = start_connecting(pg->url);
	if (!pg->conn)
		return sink_fail(&pg->sink, EX_OSERR, "out of memory");
	PQsetErrorVerbosity(pg->conn, PQERRORS_SQLSTATE);
	PQsetNoticeReceiver(pg->conn, log_notice, NULL);
	if (finish_connecting(pg->conn))
		return SINK_OK;
	enum sink_result result = connect_error(pg);
	pg_disconnect(pg);
	return result;
}

/* The library of the extension, which defines its settings, is loaded by the queries before. */
static enum sink_result read_limits(struct pg_sink *pg)
{
	PGresult *rows = PQexec(pg->conn, "SELECT current_setting('timescaledb."
					  "max_tuples_decompressed_per_dml_transaction', true) "
					  "FROM pg_extension WHERE extname = 'timescaledb'");

	pg->limits_decompression = PQntuples(rows) > 0 && *PQgetvalue(rows, 0, 0);
	return pg_check_result(pg, rows);
}

enum sink_result pg_connect(struct pg_sink *pg)
{
	if (pg->conn)
		return SINK_OK;
	enum sink_result result = pg_connect_only(pg);
	if (result == SINK_OK)
		result = pg_check_encoding(pg);
	if (result == SINK_OK)
		result = pg_check_columns(pg);
	if (result == SINK_OK)
		result = pg_check_keys(pg);
	if (result == SINK_OK)
		result = pg_read_retention(pg);
	if (result == SINK_OK)
		result = read_limits(pg);
	if (result == SINK_SUSPECT)
		result = sink_report(&pg->sink);
	if (result != SINK_OK)
		pg_disconnect(pg);
	return result;
}
