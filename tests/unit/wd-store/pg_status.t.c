/* What error codes ask for. */
#include "tests/unit/tap.h"
#include "tools/wd-store/pg.h"

#include <sysexits.h>

int main(void)
{
	char sqlstate[6];

	is_number(pg_status(NULL), SINK_AGAIN, "no connection: again");
	is_number(pg_status("08006"), SINK_AGAIN, "connection failure: again");
	is_number(pg_status("53300"), SINK_AGAIN, "too many connections: again");
	is_number(pg_status("57P01"), SINK_AGAIN, "terminated by an administrator: again");
	is_number(pg_status("57P03"), SINK_AGAIN, "starting up: again");
	is_number(pg_status("40P01"), SINK_AGAIN, "deadlock: again");
	is_number(pg_status("25006"), SINK_AGAIN, "read-only: again");
	is_number(pg_status("22021"), SINK_DATA, "not in the repertoire: the row");
	is_number(pg_status("23514"), SINK_DATA, "check violated: the row");
	is_number(pg_status("21000"), SINK_DATA, "cardinality violated: the row");
	is_number(pg_status("54000"), SINK_DATA, "index row too long: the row");
	is_number(pg_status("P0001"), SINK_DATA, "raised by a trigger: the row");
	is_number(pg_status("42P01"), EX_CONFIG, "no such table: configuration");
	is_number(pg_status("42501"), EX_CONFIG, "no right: configuration");
	is_number(pg_status("3F000"), EX_CONFIG, "no such schema: configuration");
	is_number(pg_status("28P01"), EX_CONFIG, "wrong password: configuration");
	is_number(pg_status("XX000"), EX_UNAVAILABLE, "internal error: gave up");
	is_number(pg_status("25001"), EX_UNAVAILABLE, "the rest of class 25: gave up");

	ok(pg_sqlstate("FATAL:  28P01\n", sqlstate) && strcmp(sqlstate, "28P01") == 0,
		"a refusal is just its code");
	ok(pg_sqlstate("connection to server at \"h\", port 1 failed: FATAL:  53300\n", sqlstate) &&
			strcmp(sqlstate, "53300") == 0,
		"also behind libpq's own words");
	ok(!pg_sqlstate("connection to server failed: Connection refused\n", sqlstate),
		"a sentence is no code");
	ok(!pg_sqlstate("x  abcde\n", sqlstate), "nor are small letters");
	ok(!pg_sqlstate("", sqlstate), "nor is nothing");
	return tap_done();
}
