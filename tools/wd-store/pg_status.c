/* What PostgreSQL's error codes ask for. */
#include "common/array.h"
#include "tools/wd-store/pg.h"

#include <ctype.h>
#include <sysexits.h>

/* The first that fits counts. Appendix A of PostgreSQL's manual names the codes. */
static const struct {
	const char *prefix;
	int status;
} meanings[] = {
	{"25006", SINK_AGAIN}, /* read-only: a standby that will be promoted */
	{"21000", SINK_DATA},  /* a key twice in one statement */
	{"54000", SINK_DATA},  /* a key too long for its index */
	{"55P03", SINK_AGAIN}, /* lock not available */
	{"58", SINK_AGAIN},    /* the server's disk */
	{"08", SINK_AGAIN},    /* connection */
	{"53", SINK_AGAIN},    /* out of connections, memory, disk */
	{"57", SINK_AGAIN},    /* terminated, shut down, starting up */
	{"40", SINK_AGAIN},    /* deadlock, serialization */
	{"22", SINK_DATA},     /* data exception */
	{"23", SINK_DATA},     /* constraint */
	{"44", SINK_DATA},     /* a view's WITH CHECK OPTION */
	{"P0", SINK_DATA},     /* a trigger raised an exception */
	{"42", EX_CONFIG},     /* no such table or column, no right to it */
	{"3F", EX_CONFIG},     /* no such schema */
	{"3D", EX_CONFIG},     /* no such database */
	{"28", EX_CONFIG},     /* who are you? */
	{"0A", EX_CONFIG},     /* the server cannot do it */
};

int pg_status(const char *sqlstate)
{
	if (!sqlstate)
		return SINK_AGAIN;
	for (size_t i = 0; i < ARRAY_SIZE(meanings); i++) {
		if (strncmp(sqlstate, meanings[i].prefix, strlen(meanings[i].prefix)) == 0)
			return meanings[i].status;
	}
	return EX_UNAVAILABLE;
}

static bool code_character(char c)
{
	return isdigit((unsigned char)c) || isupper((unsigned char)c);
}

bool pg_sqlstate(const char *message, char sqlstate[6])
{
	size_t length = strlen(message);

	while (length > 0 && isspace((unsigned char)message[length - 1]))
		length--;
	if (length < 7 || message[length - 6] != ' ' || message[length - 7] != ' ')
		return false;
	for (size_t i = 0; i < 5; i++) {
		sqlstate[i] = message[length - 5 + i];
		if (!code_character(sqlstate[i]))
			return false;
	}
	sqlstate[5] = '\0';
	return true;
}
