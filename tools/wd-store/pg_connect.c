/* Connecting to PostgreSQL, and judging what it says. */
#include "common/clock.h"
#include "common/log.h"
#include "tools/wd-store/pg.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <sysexits.h>

#define CONNECT_LONGEST_US (10 * CLOCK_SECOND_US)

/* What an operator can do about a status of EX_CONFIG. */
static const char *remedy(const char *sqlstate)
{
	if (strncmp(sqlstate, "28", 2) == 0)
		return "check the user, its password and pg_hba.conf";
	if (strncmp(sqlstate, "3D", 2) == 0)
		return "createdb";
	if (strcmp(sqlstate, "42501") == 0)
		return PG_GRANT;
	return "wd-store --migrate";
}

/* Says what cannot be repeated or set aside; notes the rest. Neither holds anything of DETAIL,
 * which quotes the row. */
static int judge(struct pg *pg, const char *sqlstate, const char *what)
{
	int status = pg_status(sqlstate);

	if (status == EX_CONFIG)
		return fail(EX_CONFIG, "the database does not fit", {"sqlstate", sqlstate},
			{"reason", what}, {"mend", remedy(sqlstate)});
	if (status == EX_UNAVAILABLE)
		return fail(EX_UNAVAILABLE, "the database gave up", {"sqlstate", sqlstate});
	return sink_says(&pg->sink, status, sqlstate ? sqlstate : "connection lost", what);
}

int pg_judge(struct pg *pg, PGresult *result)
{
	ExecStatusType kind = PQresultStatus(result);
	int status = 0;

	if (kind != PGRES_COMMAND_OK && kind != PGRES_TUPLES_OK && kind != PGRES_COPY_IN) {
		const char *sqlstate = PQresultErrorField(result, PG_DIAG_SQLSTATE);
		const char *what = PQresultErrorField(result, PG_DIAG_CONSTRAINT_NAME);
		if (PQstatus(pg->conn) == CONNECTION_BAD)
			sqlstate = NULL;
		/* Of errors that are not about data the primary message is the server's own. */
		if (sqlstate && pg_status(sqlstate) != SINK_DATA)
			what = PQresultErrorField(result, PG_DIAG_MESSAGE_PRIMARY);
		status = judge(pg, sqlstate, what);
	}
	PQclear(result);
	return status;
}

int pg_run(struct pg *pg, const char *sql)
{
	return pg_judge(pg, PQexec(pg->conn, sql));
}

void pg_disconnect(struct pg *pg)
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
static int judge_refusal(struct pg *pg)
{
	char sqlstate[6];
	char reason[SINK_REASON_MAX];
	const char *message = PQerrorMessage(pg->conn);
	const char *failed = strstr(message, "failed: ");

	if (pg_sqlstate(message, sqlstate))
		return judge(pg, sqlstate,
			strncmp(sqlstate, "3D", 2) == 0 ? "no such database" : "access refused");
	if (!*message)
		message = "timeout";
	snprintf(reason, sizeof(reason), "%s", failed ? failed + strlen("failed: ") : message);
	reason[strcspn(reason, "\n")] = '\0';
	return sink_says(&pg->sink, SINK_AGAIN, "no connection:", reason);
}

/* jit would compile each batch's statement anew. */
static const char session[] = "SET jit = off; SET client_min_messages = warning";

static void hush(void *nobody, const PGresult *notice)
{
	(void)nobody;
	log_debug(
		"the database remarks", {"sqlstate", PQresultErrorField(notice, PG_DIAG_SQLSTATE)});
}

int pg_connect_only(struct pg *pg)
{
	if (pg->conn)
		return 0;
	pg->conn = start_connecting(pg->url);
	if (!pg->conn)
		return fail(EX_OSERR, "out of memory");
	PQsetErrorVerbosity(pg->conn, PQERRORS_SQLSTATE);
	PQsetNoticeReceiver(pg->conn, hush, NULL);
	int status = finish_connecting(pg->conn) ? 0 : judge_refusal(pg);
	if (!status)
		status = pg_run(pg, session);
	if (status)
		pg_disconnect(pg);
	return status;
}

int pg_connect(struct pg *pg)
{
	if (pg->conn)
		return 0;
	int status = pg_connect_only(pg);
	if (!status)
		status = pg_check_schema(pg);
	if (status)
		pg_disconnect(pg);
	return status;
}
