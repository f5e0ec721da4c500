/* SQLSTATE codes: their classes, and where libpq's messages have them. */
#include "common/db/sqlstate.h"
#include "common/base/array.h"
#include "tests/unit/tap.h"

static const struct {
	const char *sqlstate;
	enum sqlstate_class class;
	const char *name;
} codes[] = {
	{NULL, SQLSTATE_RETRY, "connection lost: retry"},
	{"08006", SQLSTATE_RETRY, "connection failure: retry"},
	{"53300", SQLSTATE_RETRY, "too many connections: retry"},
	{"53100", SQLSTATE_RETRY, "disk full: retry"},
	{"53400", SQLSTATE_SCHEMA, "configured limit exceeded: never 'unavailable'"},
	{"57P01", SQLSTATE_RETRY, "terminated by an administrator: retry"},
	{"57P03", SQLSTATE_RETRY, "starting up: retry"},
	{"57014", SQLSTATE_RETRY, "statement timeout: retry"},
	{"40P01", SQLSTATE_RACE, "deadlock: race"},
	{"40001", SQLSTATE_RACE, "serialization failure: race"},
	{"40002", SQLSTATE_RETRY, "the rest of class 40: retry"},
	{"25006", SQLSTATE_RETRY, "read-only: retry"},
	{"22021", SQLSTATE_DATA, "not in the repertoire: data"},
	{"23514", SQLSTATE_DATA, "check violated: data"},
	{"21000", SQLSTATE_DATA, "cardinality violated: data"},
	{"54000", SQLSTATE_DATA, "index row too long: data"},
	{"P0001", SQLSTATE_DATA, "raised by a trigger: data"},
	{"42P01", SQLSTATE_SCHEMA, "no such table: schema"},
	{"42501", SQLSTATE_SCHEMA, "no privilege: schema"},
	{"3F000", SQLSTATE_SCHEMA, "no such schema: schema"},
	{"28P01", SQLSTATE_SCHEMA, "wrong password: schema"},
	{"XX000", SQLSTATE_UNKNOWN, "internal error: unknown"},
	{"25001", SQLSTATE_UNKNOWN, "the rest of class 25: unknown"},
};

int main(void)
{
	char sqlstate[6];

	for (size_t i = 0; i < ARRAY_SIZE(codes); i++)
		is_number(sqlstate_class(codes[i].sqlstate), codes[i].class, codes[i].name);

	is_text(sqlstate_hint("28P01"), "check the user, its password and pg_hba.conf", "28P01");
	is_text(sqlstate_hint("42P01"), "wd-store --migrate", "42P01");

	ok(sqlstate_from_message("FATAL:  28P01\n", sqlstate) && strcmp(sqlstate, "28P01") == 0,
		"a refusal is only its code");
	ok(sqlstate_from_message(
		   "connection to server at \"h\", port 1 failed: FATAL:  53300\n", sqlstate) &&
			strcmp(sqlstate, "53300") == 0,
		"also after libpq's own text");
	ok(!sqlstate_from_message("connection to server failed: Connection refused\n", sqlstate),
		"a sentence is no code");
	ok(!sqlstate_from_message("x  abcde\n", sqlstate), "lower-case letters are no code");
	ok(!sqlstate_from_message("", sqlstate), "an empty message has no code");
	return tap_done();
}
