/* The scanner's own inside: one token at a time. Others use common/scan.h. */
#ifndef WD_SCAN_TOKEN_H
#define WD_SCAN_TOKEN_H

#include "common/scan/scan.h"

struct scan_token {
	const char *start, *at, *end;
	enum scan_mode mode;
	struct scan_error error;
};

/* Notes the reason and the place; its value is false, for `return`. */
bool scan_token_error(struct scan_token *t, const char *reason);

void scan_token_space(struct scan_token *t);

/* Each stands at the token's first byte, which is there, and leaves `at` behind its last. */
bool scan_token_number(struct scan_token *t);
bool scan_token_literal(struct scan_token *t);
bool scan_token_is_infinity(const struct scan_token *t);

enum scan_string {
	SCAN_STRING_END,
	SCAN_STRING_REPAIRED, /* `bad` and `length` say what stands for U+FFFD; call again to go on
			       */
	SCAN_STRING_ERROR,
};

/* Stands inside a string, behind its opening quote or what was mended. */
enum scan_string scan_token_string(struct scan_token *t, const char **bad, size_t *length);

/* The first byte at or behind `at` that is a quote, a backslash, a control character or not ASCII,
 * or `end`. Eight bytes at a time: Anderson, "Bit Twiddling Hacks", "Determine if a word has a byte
 * less than n". A borrow can only raise false flags above a true one, so the lowest flag is right;
 * which byte that is depends on the order of bytes. */
static inline const char *scan_plain_end(const char *at, const char *end)
{
	const uint64_t ones = UINT64_C(0x0101010101010101);
	uint64_t word;

	for (; end - at >= 8; at += 8) {
		memcpy(&word, at, sizeof(word));
		uint64_t quote = word ^ (ones * '"');
		uint64_t backslash = word ^ (ones * '\\');
		uint64_t found = (word - ones * 0x20) | (quote - ones) | (backslash - ones) | word;
		found &= ones * 0x80;
		if (found && __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__)
			return at + __builtin_ctzll(found) / 8;
		if (found)
			break;
	}
	while (at < end && (unsigned char)*at >= 0x20 && (unsigned char)*at < 0x80 && *at != '"' &&
		*at != '\\')
		at++;
	return at;
}

#endif
