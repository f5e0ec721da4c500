#include "common/db/connection.h"

#include "common/db/sqlstate.h"
#include "common/log/log.h"
#include "common/time/clock.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>

#define TIMEOUT_US (10 * CLOCK_SECOND_US)

/* The URL, in the place of `dbname`, may override what precedes it. */
static PGconn *start(const char *url, const char *program)
{
	static const char *const names[] = {"fallback_application_name", "keepalives_idle",
		"keepalives_interval", "keepalives_count", "tcp_user_timeout", "dbname",
		"client_encoding", NULL};
	const char *const values[] = {program, "15", "5", "3", "30000", url, "UTF8", NULL};

	return PQconnectStartParams(names, values, 1);
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

static bool finish(PGconn *conn)
{
	int64_t until_us = clock_mono_us() + TIMEOUT_US;
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

static const char *refusal(const char *sqlstate)
{
	if (strncmp(sqlstate, "3D", 2) == 0)
		return "no such database";
	return strncmp(sqlstate, "28", 2) == 0 || strncmp(sqlstate, "42", 2) == 0
		       ? "access refused"
		       : "connection refused by the server";
}

/* Append which server it was, "server on socket /run/postgresql/.s.PGSQL.5432", from the start of libpq's
 * message: "connection to server on socket "/run/…" failed: …". */
static void add_server(struct connection_error *error, const char *message, const char *failed)
{
	static const char prefix[] = "connection to ";
	size_t length = strlen(error->reason);

	if (strncmp(message, prefix, sizeof(prefix) - 1) != 0)
		return;
	for (message += sizeof(prefix) - 1; message < failed; message++) {
		if (*message != '"' && length < sizeof(error->reason) - sizeof(": "))
			error->reason[length++] = *message;
	}
	error->reason[length - 1] = '\0';
	strcat(error->reason, ": ");
}

/* With PQERRORS_SQLSTATE, the message about a server's refusal is only its code; libpq has no field
 * for it. */
static void read_error(const PGconn *conn, struct connection_error *error)
{
	const char *message = PQerrorMessage(conn);
	const char *failed = strstr(message, "failed: ");

	*error = (struct connection_error){0};
	if (sqlstate_from_message(message, error->sqlstate)) {
		snprintf(error->reason, sizeof(error->reason), "%s", refusal(error->sqlstate));
		return;
	}
	error->sqlstate[0] = '\0';
	if (!*message)
		message = "timeout";
	error->hint = "check that PostgreSQL runs, and the host and port of the URL";
	snprintf(error->reason, sizeof(error->reason), "no connection: ");
	if (failed)
		add_server(error, message, failed);
	size_t length = strlen(error->reason);
	snprintf(error->reason + length, sizeof(error->reason) - length, "%s",
		failed ? failed + strlen("failed: ") : message);
	error->reason[strcspn(error->reason, "\n")] = '\0';
}

static void log_notice(void *unused, const PGresult *notice)
{
	(void)unused;
	log_debug("notice from the database",
		{"sqlstate", PQresultErrorField(notice, PG_DIAG_SQLSTATE)});
}

PGconn *connection_open(const char *url, const char *program, struct connection_error *error)
{
	PGconn *conn = start(url, program);

	*error = (struct connection_error){.reason = "out of memory"};
	if (!conn)
		return NULL;
	PQsetErrorVerbosity(conn, PQERRORS_SQLSTATE);
	PQsetNoticeReceiver(conn, log_notice, NULL);
	if (finish(conn))
		return conn;
	read_error(conn, error);
	PQfinish(conn);
	return NULL;
}
