/* Connecting to PostgreSQL: every tool does it in the same way, and names a refusal alike. */
#ifndef WD_DB_CONNECTION_H
#define WD_DB_CONNECTION_H

#include <libpq-fe.h>

enum {
	CONNECTION_REASON_MAX = 192, /* bytes with the NUL: room for the path of a socket */
};

/* Why there is no connection. Contains neither passwords nor text from rows. */
struct connection_error {
	char sqlstate[6]; /* of a server that refused; "" if there is no server */
	char reason[CONNECTION_REASON_MAX];
	const char *hint; /* what fixes it; NULL if the server refused: see sqlstate_hint() */
};

/* Connect to `url` within 10 s, for the tool `program`. The text that is exchanged is UTF-8; a
 * server that vanishes is detected after 30 s; notices are logged as debug messages. Return the
 * connection, or NULL and set `*error`. */
PGconn *connection_open(const char *url, const char *program, struct connection_error *error);

#endif
