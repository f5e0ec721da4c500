/* Internal to the scanner: one token at a time. Others use common/scan/scan.h. */
#ifndef WD_SCAN_TOKEN_H
#define WD_SCAN_TOKEN_H

#include "common/scan/mode.h"
#include "common/scan/plain.h"

struct scan_token {
	const char *start, *at, *end;
	enum scan_mode mode;
	struct scan_error error;
};

/* Note the reason and the position. Return false, for `return`. */
bool scan_token_error(struct scan_token *t, const char *reason);

void scan_token_space(struct scan_token *t);

/* Each starts at the token's first byte, which must exist, and leaves `at` after its last. */
bool scan_token_number(struct scan_token *t);
bool scan_token_literal(struct scan_token *t);
bool scan_token_is_infinity(const struct scan_token *t);

enum scan_string {
	SCAN_STRING_END,
	SCAN_STRING_REPAIRED, /* U+FFFD replaces `length` bytes at `bad`; call again to go on */
	SCAN_STRING_ERROR,
};

/* Start inside a string, after its opening quote or the repaired bytes. */
enum scan_string scan_token_string(struct scan_token *t, const char **bad, size_t *length);

#endif
