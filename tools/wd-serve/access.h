/* Who may see the map. */
#ifndef WD_SERVE_ACCESS_H
#define WD_SERVE_ACCESS_H

#include "common/cli/opt.h"

#define ACCESS_TOKEN_MIN 16
#define ACCESS_TOKEN_MAX 256
#define ACCESS_COOKIE    "wd_serve"

struct access {
	char token[ACCESS_TOKEN_MAX + 1]; /* empty: none is required */
	char session[65];                 /* the value of the cookie, random for each run */
	const struct opt_list *hosts;     /* names besides "localhost" and addresses */
};

/* Read the token from the first line of `file` (NULL: no token) and choose the session. Return
 * 0, EX_NOINPUT, EX_CONFIG (not a regular file, or a token that is too short or too long) or
 * EX_OSERR. */
int access_open(struct access *access, const char *file, const struct opt_list *hosts);

/* Whether a Host header names this server: an address, "localhost" or one of the hosts, with or
 * without a port. A name of someone else that resolves to our address (DNS rebinding) does not. */
bool access_host_is_allowed(const struct access *access, const char *host);

/* Whether an Origin header (NULL: none) belongs to the page at `host`. */
bool access_origin_is_allowed(const char *origin, const char *host);

/* Compare in constant time. */
bool access_token_is_valid(const struct access *access, const char *token);
bool access_session_is_valid(const struct access *access, const char *session);

#endif
