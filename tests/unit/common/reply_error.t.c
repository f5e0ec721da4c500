/* The tables of endpoints and of reply errors are complete, and names lead back to their rows. */
#include "common/record/reply_error.h"
#include "common/record/endpoint.h"
#include "tests/unit/tap.h"

static void endpoint_rows(void)
{
	for (unsigned i = 0; i < ENDPOINT_COUNT; i++) {
		const char *name = endpoint_name((enum endpoint)i);
		ok(name && endpoint_parse(span_of(name)) == i,
			name ? name : "endpoint without a name");
	}
	ok(endpoint_parse(SPAN("drone")) == ENDPOINT_COUNT, "a part of a name is no endpoint");
	ok(endpoint_parse((struct span){0}) == ENDPOINT_COUNT, "nor is a missing name");
}

static void error_rows(void)
{
	for (unsigned i = REPLY_OK + 1; i < REPLY_ERROR_COUNT; i++) {
		const char *code = reply_error_code((enum reply_error)i);
		ok(code && reply_error_parse(span_of(code)) == i,
			code ? code : "error without a code");
		ok(!(reply_error_table[i].answered && reply_error_table[i].is_link_failure),
			"a kit that answered has a working link");
	}
	ok(reply_error_code(REPLY_OK) == NULL, "success has no code");
	ok(reply_error_parse(SPAN("")) == REPLY_ERROR_COUNT, "an empty code is unknown");
	ok(reply_error_parse((struct span){0}) == REPLY_ERROR_COUNT, "a missing code is unknown");
}

int main(void)
{
	endpoint_rows();
	error_rows();
	return tap_done();
}
