/* Connecting to PostgreSQL. */
#include "common/clock.h"
#include "common/log.h"
#include "tools/wd-store/pg/pg.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <sysexits.h>

#define CONNECT_LONGEST_US (10 * CLOCK_SECOND_US)

void pg_disconnect(struct pg_sink *pg)
{
	PQfinish(pg->conn);
	pg->conn = NULL;
	memset(pg->staged, 0, sizeof(pg->staged));
}

/* Waits for what libpq waits for; false when the time is up. */
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
	int64_t until_us = clock_mono_us() + CONNECT_LONGEST_US;
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

/* What comes before `dbname` (here the URL) may be overridden by it. A server that has vanished is
 * noticed after half a minute. */
static PGconn *start_connecting(const char *url)
{
	static const char *const names[] = {"fallback_application_name", "keepalives_idle",
		"keepalives_interval", "keepalives_count", "tcp_user_timeout", "dbname",
		"client_encoding", NULL};
	const char *const values[] = {"wd-store", "15", "5", "3", "30000", url, "UTF8", NULL};

	return PQconnectStartParams(names, values, 1);
}

/* libpq tells why only in words; with PQERRORS_SQLSTATE a server's refusal is just its code. */
static int connect_error(struct pg_sink *pg)
{
	char sqlstate[6];
	char reason[SINK_REASON_MAX];
	const char *message = PQerrorMessage(pg->conn);
	const char *failed = strstr(message, "failed: ");

	if (sqlstate_from_message(message, sqlstate))
		return pg_error(pg, sqlstate,
			strncmp(sqlstate, "3D", 2) == 0 ? "no such database" : "access refused");
	if (!*message)
		message = "timeout";
	snprintf(reason, sizeof(reason), "%s", failed ? failed + strlen("failed: ") : message);
	reason[strcspn(reason, "\n")] = '\0';
	return sink_set_reason(&pg->sink, SINK_AGAIN, "no connection:", reason);
}

/* jit would compile the statement again for each batch. */
static const char session[] = "SET jit = off; SET client_min_messages = warning";

static void log_notice(void *unused, const PGresult *notice)
{
	(void)unused;
	log_debug(
		"the database remarks", {"sqlstate", PQresultErrorField(notice, PG_DIAG_SQLSTATE)});
}

int pg_connect_only(struct pg_sink *pg)
{
	if (pg->conn)
		return 0;
	pg->conn = start_connecting(pg->url);
	if (!pg->conn)
		return fail(EX_OSERR, "out of memory");
	PQsetErrorVerbosity(pg->conn, PQERRORS_SQLSTATE);
	PQsetNoticeReceiver(pg->conn, log_notice, NULL);
	int status = finish_connecting(pg->conn) ? 0 : connect_error(pg);
	if (!status)
		status = pg_run(pg, session);
	if (status)
		pg_disconnect(pg);
	return status;
}

int pg_connect(struct pg_sink *pg)
{
	if (pg->conn)
		return 0;
	int status = pg_connect_only(pg);
	if (!status)
		status = pg_check_schema(pg);
	if (!status)
		status = pg_read_retention(pg);
	if (status)
		pg_disconnect(pg);
	return status;
}
