/* The `reply` line: what came of one finished request. */
#ifndef WD_POLL_REPLY
#define WD_POLL_REPLY

#include "tools/wd-poll/kit.h"
#include "tools/wd-poll/offset.h"

enum reply_error {
	REPLY_OK,
	REPLY_RESOLVE,
	REPLY_CONNECT,
	REPLY_TLS,
	REPLY_TIMEOUT, /* nothing at all arrived in time */
	REPLY_SLOW,    /* something did, but not all of it */
	REPLY_TOO_LARGE,
	REPLY_TRUNCATED,
	REPLY_REDIRECT,
	REPLY_HTTP, /* 4xx, 5xx, or what is no HTTP */
	REPLY_RATE_LIMITED,
	REPLY_NOT_JSON,
};

/* "not_json": the reply's `error`; NULL for REPLY_OK. */
const char *reply_error_name(enum reply_error error);

/* Whether the kit was there to answer, of whatever use the answer was. */
bool reply_answered(enum reply_error error);

/* What an HTTP status alone says. */
enum reply_error reply_error_of_status(long http_status);

struct reply {
	const char *kit_id;
	enum endpoint endpoint;
	clock_us time; /* when the request was over */
	int64_t elapsed_us;
	unsigned attempts;
	long http_status; /* 0: there was none */
	bool dated;
	clock_us kit_date; /* if `dated` */
	const struct offset *offset;
	enum reply_error error;
	struct span body;    /* checked and compact; where there is no error */
	const char *message; /* for people; where there is one */
	struct span raw;     /* what arrived; its first KiB is written where there is an error */
	unsigned failures;
	double retry_in_s; /* 0: no member */
};

void reply_put(struct buffer *out, const struct reply *reply);

#endif
