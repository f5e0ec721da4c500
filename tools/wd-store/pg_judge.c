/* What PostgreSQL says to a statement, and what follows from it. */
#include "common/log.h"
#include "tools/wd-store/pg.h"

#include <sysexits.h>

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

int pg_judge_error(struct pg *pg, const char *sqlstate, const char *what)
{
	int status = pg_status(sqlstate);

	if (status == EX_CONFIG)
		return fail(EX_CONFIG, "the database does not fit", {"sqlstate", sqlstate},
			{"reason", what}, {"hint", remedy(sqlstate)});
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
		status = pg_judge_error(pg, sqlstate, what);
	}
	PQclear(result);
	return status;
}

int pg_run(struct pg *pg, const char *sql)
{
	return pg_judge(pg, PQexec(pg->conn, sql));
}
