/* The kinds of results that a statement may have. */
#include "tests/unit/tap.h"
#include "tools/wd-store/pg/pg.h"

#include <sysexits.h>

static void check(ExecStatusType kind, ExecStatusType wanted, enum sink_result expected, int status)
{
	struct pg_sink pg = {0};
	char name[64];

	snprintf(name, sizeof(name), "%s where %s is expected", PQresStatus(kind),
		PQresStatus(wanted));
	ok(pg_check_kind(&pg, PQmakeEmptyPGresult(NULL, kind), wanted) == expected &&
			pg.sink.error.status == status,
		name);
}

int main(void)
{
	check(PGRES_COMMAND_OK, PGRES_COMMAND_OK, SINK_OK, 0);
	check(PGRES_TUPLES_OK, PGRES_TUPLES_OK, SINK_OK, 0);
	check(PGRES_COPY_IN, PGRES_COPY_IN, SINK_OK, 0);
	check(PGRES_TUPLES_OK, PGRES_COMMAND_OK, SINK_FAILED, EX_UNAVAILABLE);
	check(PGRES_COPY_IN, PGRES_COMMAND_OK, SINK_FAILED, EX_UNAVAILABLE);
	check(PGRES_EMPTY_QUERY, PGRES_COMMAND_OK, SINK_FAILED, EX_UNAVAILABLE);
	check(PGRES_COMMAND_OK, PGRES_COPY_IN, SINK_FAILED, EX_UNAVAILABLE);
	check(PGRES_COMMAND_OK, PGRES_TUPLES_OK, SINK_FAILED, EX_UNAVAILABLE);
	check(PGRES_FATAL_ERROR, PGRES_COMMAND_OK, SINK_RETRY, 0);
	return tap_done();
}
