/* Why a request to a kit failed: the `error` codes of `reply` lines; see wd-record(5). */
#ifndef WD_COMMON_REPLY_ERROR_H
#define WD_COMMON_REPLY_ERROR_H

#include "common/base/span.h"

enum reply_error {
	REPLY_OK,
	REPLY_RESOLVE,
	REPLY_CONNECT,
	REPLY_TLS,
	REPLY_TIMEOUT,   /* nothing arrived in time */
	REPLY_SLOW,      /* only a part arrived in time */
	REPLY_TRUNCATED, /* the connection ended in the middle of the reply */
	REPLY_TOO_LARGE,
	REPLY_REDIRECT,
	REPLY_HTTP, /* 4xx, 5xx, or not HTTP */
	REPLY_RATE_LIMITED,
	REPLY_NOT_JSON,
	REPLY_BROKER, /* wd-mqtt(1): the connection to the broker is lost */
	REPLY_ERROR_COUNT
};

struct reply_error_info {
	const char *code;     /* "not_json"; NULL for REPLY_OK */
	bool answered;        /* the kit answered the request, however useless the answer */
	bool is_link_failure; /* a dead network between us and the kit has the same effect */
	const char *hint;     /* what fixes it, or NULL; scripts/validate.jq has the same */
	bool is_neutral;      /* the health of the kit remains unknown: its state must not change */
};

extern const struct reply_error_info reply_error_table[REPLY_ERROR_COUNT];

static inline const char *reply_error_code(enum reply_error error)
{
	return reply_error_table[error].code;
}

/* Return the error with this code, or REPLY_ERROR_COUNT. */
enum reply_error reply_error_parse(struct span code);

#endif
