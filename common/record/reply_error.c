/* Why a request to a kit failed: the `error` codes of `reply` lines. */
#include "common/record/reply_error.h"

const struct reply_error_info reply_error_table[REPLY_ERROR_COUNT] = {
	[REPLY_OK] = {NULL, .answered = true},
	[REPLY_RESOLVE] = {"resolve", .is_link_failure = true,
		.hint = "check the host name in api_url and DNS: getent hosts NAME"},
	[REPLY_CONNECT] = {"connect", .is_link_failure = true,
		.hint = "is the kit switched on? is DragonSync running? On the kit: systemctl "
			"status dragonsync"},
	[REPLY_TLS] = {"tls", .hint = "a kit without TLS needs an api_url with http://; else check "
				      "its certificate and ca_file; see wd-kits(5)"},
	[REPLY_TIMEOUT] = {"timeout", .is_link_failure = true,
		.hint = "is the kit reachable? a slow link needs a longer timeout in kits.yaml"},
	[REPLY_SLOW] = {"slow",
		.hint = "is the kit reachable? a slow link needs a longer timeout in kits.yaml"},
	[REPLY_TRUNCATED] = {"truncated"},
	[REPLY_TOO_LARGE] = {"too_large", .answered = true},
	[REPLY_REDIRECT] = {"redirect", .answered = true,
		.hint = "set api_url to the address in the redirect"},
	[REPLY_HTTP] = {"http", .answered = true,
		.hint = "is this DragonSync? For 401 and 403: check the token or password, see "
			"wd-kits(5)"},
	[REPLY_RATE_LIMITED] = {"rate_limited", .answered = true, .is_neutral = true,
		.hint = "another program polls this kit too: increase poll_interval"},
	[REPLY_NOT_JSON] = {"not_json", .answered = true,
		.hint = "is this DragonSync? curl -i api_url/status"},
	[REPLY_BROKER] = {"broker", .is_link_failure = true, .is_neutral = true},
};

enum reply_error reply_error_parse(struct span code)
{
	unsigned i = REPLY_OK + 1;

	while (i < REPLY_ERROR_COUNT && !span_equals(code, reply_error_table[i].code))
		i++;
	return (enum reply_error)i;
}
