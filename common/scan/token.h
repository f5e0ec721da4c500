/* Internal to the scanner: one token at a time. Others use common/scan/scan.h. */
#ifndef WD_SCAN_TOKEN_H
#define WD_SCAN_TOKEN_H

#include "common/scan/mode.h"
#include "common/scan/plain.h"

struct scan_token {
	const char *start, *end; /* of the text */
	enum scan_mode mode;
	struct scan_error error;
};

/* Note the reason and the position. Return NULL, for `return`. */
const char *scan_token_error(struct scan_token *t, const char *at, const char *reason);

/* Return the first byte from `at` on that is no white space, or the end. */
const char *scan_token_space(const struct scan_token *t, const char *at);

/* Each starts at the token's first byte, which must exist, and returns what follows its last, or
 * NULL after an error. */
const char *scan_token_number(struct scan_token *t, const char *at);
const char *scan_token_literal(struct scan_token *t, const char *at);
bool scan_token_is_infinity(const struct scan_token *t, const char *at);

/* What stands for `length` bytes at `bad`: U+FFFD. `length` is 0 if nothing does. */
struct scan_repair {
	const char *bad;
	size_t length;
};

/* Start inside a string, after its opening quote or the repaired bytes. Return what follows the
 * closing quote or, with a repair, what follows its bytes: call again to go on. NULL after an error.
 */
const char *scan_token_string(struct scan_token *t, const char *at, struct scan_repair *repair);

#endif
