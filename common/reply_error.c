/* Why a request to a kit failed: the `error` codes of `reply` lines. */
#include "common/reply_error.h"

const struct reply_error_info reply_error_table[REPLY_ERROR_COUNT] = {
	[REPLY_OK] = {NULL, .answered = true},
	[REPLY_RESOLVE] = {"resolve", .is_link_failure = true},
	[REPLY_CONNECT] = {"connect", .is_link_failure = true},
	[REPLY_TLS] = {"tls"},
	[REPLY_TIMEOUT] = {"timeout", .is_link_failure = true},
	[REPLY_SLOW] = {"slow"},
	[REPLY_TRUNCATED] = {"truncated"},
	[REPLY_TOO_LARGE] = {"too_large", .answered = true},
	[REPLY_REDIRECT] = {"redirect", .answered = true},
	[REPLY_HTTP] = {"http", .answered = true},
	[REPLY_RATE_LIMITED] = {"rate_limited", .answered = true, .is_neutral = true},
	[REPLY_NOT_JSON] = {"not_json", .answered = true},
	[REPLY_BROKER] = {"broker", .is_link_failure = true, .is_neutral = true},
};

enum reply_error reply_error_parse(struct span code)
{
	unsigned i = REPLY_OK + 1;

	while (i < REPLY_ERROR_COUNT && !span_equals(code, reply_error_table[i].code))
		i++;
	return (enum reply_error)i;
}
