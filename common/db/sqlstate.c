#include "common/db/sqlstate.h"

#include "common/base/array.h"

#include <ctype.h>
#include <stddef.h>
#include <string.h>
#include <sysexits.h>

/* The first prefix that matches decides. */
static const struct {
	const char *prefix;
	enum sqlstate_class class;
} classes[] = {
	{"25006", SQLSTATE_RETRY},  /* read-only: a standby that will be promoted */
	{"21000", SQLSTATE_DATA},   /* a key twice in one statement */
	{"54000", SQLSTATE_DATA},   /* a key too long for its index */
	{"55P03", SQLSTATE_RETRY},  /* lock not available */
	{"53400", SQLSTATE_SCHEMA}, /* a limit of the configuration, such as TimescaleDB's */
	{"40001", SQLSTATE_RACE},   /* serialization failure */
	{"40P01", SQLSTATE_RACE},   /* deadlock */
	{"58", SQLSTATE_RETRY},     /* the server's disk */
	{"08", SQLSTATE_RETRY},     /* connection */
	{"53", SQLSTATE_RETRY},     /* out of connections, memory, disk */
	{"57", SQLSTATE_RETRY},     /* terminated, shut down, starting up, statement timeout */
	{"40", SQLSTATE_RETRY},     /* rolled back for another reason */
	{"22", SQLSTATE_DATA},      /* data exception */
	{"23", SQLSTATE_DATA},      /* constraint */
	{"44", SQLSTATE_DATA},      /* a view's WITH CHECK OPTION */
	{"P0", SQLSTATE_DATA},      /* a trigger raised an exception */
	{"42", SQLSTATE_SCHEMA},    /* no such table or column, no privilege */
	{"3F", SQLSTATE_SCHEMA},    /* no such schema */
	{"3D", SQLSTATE_SCHEMA},    /* no such database */
	{"28", SQLSTATE_SCHEMA},    /* authentication failed */
	{"0A", SQLSTATE_SCHEMA},    /* not supported by the server */
};

enum sqlstate_class sqlstate_class(const char *sqlstate)
{
	if (!sqlstate)
		return SQLSTATE_RETRY;
	for (size_t i = 0; i < ARRAY_SIZE(classes); i++) {
		if (strncmp(sqlstate, classes[i].prefix, strlen(classes[i].prefix)) == 0)
			return classes[i].class;
	}
	return SQLSTATE_UNKNOWN;
}

int sqlstate_status(const char *sqlstate)
{
	static const int statuses[] = {
		[SQLSTATE_DATA] = EX_CONFIG,
		[SQLSTATE_RETRY] = EX_TEMPFAIL,
		[SQLSTATE_RACE] = EX_TEMPFAIL,
		[SQLSTATE_SCHEMA] = EX_CONFIG,
		[SQLSTATE_UNKNOWN] = EX_UNAVAILABLE,
	};

	return statuses[sqlstate_class(sqlstate)];
}

const char *sqlstate_hint(const char *sqlstate)
{
	static const struct {
		const char *prefix, *hint;
	} hints[] = {
		{"28", "check the user, its password and pg_hba.conf"},
		{"3D", "createdb"},
		{"42501", "wd-store --migrate --roles, then GRANT wd_writer TO this user"},
		{"53400", "raise the limit that the reason names"},
		{"", "wd-store --migrate"},
	};
	size_t i = 0;

	while (strncmp(sqlstate, hints[i].prefix, strlen(hints[i].prefix)) != 0)
		i++;
	return hints[i].hint;
}

static bool is_code_character(char c)
{
	return isdigit((unsigned char)c) || isupper((unsigned char)c);
}

bool sqlstate_from_message(const char *message, char sqlstate[6])
{
	size_t length = strlen(message);

	while (length > 0 && isspace((unsigned char)message[length - 1]))
		length--;
	if (length < 7 || message[length - 6] != ' ' || message[length - 7] != ' ')
		return false;
	for (size_t i = 0; i < 5; i++) {
		sqlstate[i] = message[length - 5 + i];
		if (!is_code_character(sqlstate[i]))
			return false;
	}
	sqlstate[5] = '\0';
	return true;
}
