/* What PostgreSQL says to a statement, and what follows from it. */
#include "common/log.h"
#include "tools/wd-store/pg/pg.h"

#include <sysexits.h>

static int status_of(const char *sqlstate)
{
	switch (sqlstate_class(sqlstate)) {
	case SQLSTATE_DATA:
		return SINK_DATA;
	case SQLSTATE_RETRY:
	case SQLSTATE_RACE:
		return SINK_AGAIN;
	case SQLSTATE_SCHEMA:
		return EX_CONFIG;
	case SQLSTATE_UNKNOWN:
		break;
	}
	return EX_UNAVAILABLE;
}

int pg_error(struct pg_sink *pg, const char *sqlstate, const char *what)
{
	int status = status_of(sqlstate);

	if (status == EX_CONFIG)
		return fail(EX_CONFIG, "the database does not fit", {"sqlstate", sqlstate},
			{"reason", what}, {"hint", sqlstate_hint(sqlstate)});
	if (status == EX_UNAVAILABLE)
		return fail(EX_UNAVAILABLE, "the database gave up", {"sqlstate", sqlstate});
	return sink_set_reason(&pg->sink, status, sqlstate ? sqlstate : "connection lost", what);
}

int pg_check_result(struct pg_sink *pg, PGresult *result)
{
	ExecStatusType kind = PQresultStatus(result);
	int status = 0;

	if (kind != PGRES_COMMAND_OK && kind != PGRES_TUPLES_OK && kind != PGRES_COPY_IN) {
		const char *sqlstate = PQresultErrorField(result, PG_DIAG_SQLSTATE);
		const char *what = PQresultErrorField(result, PG_DIAG_CONSTRAINT_NAME);
		if (PQstatus(pg->conn) == CONNECTION_BAD)
			sqlstate = NULL;
		/* Of errors that are not about data the primary message is the server's own. */
		if (sqlstate && sqlstate_class(sqlstate) != SQLSTATE_DATA)
			what = PQresultErrorField(result, PG_DIAG_MESSAGE_PRIMARY);
		status = pg_error(pg, sqlstate, what);
	}
	PQclear(result);
	return status;
}

int pg_run(struct pg_sink *pg, const char *sql)
{
	return pg_check_result(pg, PQexec(pg->conn, sql));
}
