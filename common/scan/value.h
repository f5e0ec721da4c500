/* The content of checked values; part of common/scan/scan.h. */
#ifndef WD_SCAN_VALUE_H
#define WD_SCAN_VALUE_H

#include "common/base/span.h"
#include "common/time/clock.h"

enum scan_kind {
	SCAN_NULL, /* also NaN and the infinities, and an absent value */
	SCAN_TRUE,
	SCAN_FALSE,
	SCAN_NUMBER,
	SCAN_TEXT,
	SCAN_ARRAY,
	SCAN_OBJECT,
};

/* Return the kind of a checked value, by its first byte. */
static inline enum scan_kind scan_kind(struct span value)
{
	if (!value.data || value.length == 0)
		return SCAN_NULL;
	switch (value.data[0]) {
	case '"':
		return SCAN_TEXT;
	case '{':
		return SCAN_OBJECT;
	case '[':
		return SCAN_ARRAY;
	case 't':
		return SCAN_TRUE;
	case 'f':
		return SCAN_FALSE;
	case 'n':
	case 'N':
	case 'I':
		return SCAN_NULL;
	case '-':
		return value.length > 1 && value.data[1] == 'I' ? SCAN_NULL : SCAN_NUMBER;
	default:
		return SCAN_NUMBER;
	}
}

/* Read a checked number as a double. Return false for other kinds, and if it is not finite
 * (1e999). */
bool scan_number(struct span value, double *number);

/* The same for a number without an exponent, of at most 19 digits (15 where a long double is no wider
 * than a double). Return false for others, which scan_number() may be able to read. */
bool scan_decimal(struct span value, double *number);

/* Read such a number at the start of text that need not have been checked. Return its end, or NULL
 * if the text begins with something else. */
const char *scan_decimal_end(const char *at, const char *end, double *number);

/* Decode a checked string: always UTF-8 without NULs (trailing \u0000 are removed; others, and
 * anything that is not well-formed, become U+FFFD). Write at most `size` - 1 bytes, truncated at a
 * character, and a NUL. Return the length. Other kinds give "". */
size_t scan_text(struct span value, char *out, size_t size);

/* The same without NULs, white space and invisible characters at both ends, for identifiers. */
size_t scan_text_trimmed(struct span value, char *out, size_t size);

/* Read a checked string as clock_parse() does. Return false for other kinds and other texts. */
bool scan_time(struct span value, clock_us *time);

/* Return whether a checked value is exactly the string `text` (plain ASCII, without escapes). */
static inline bool scan_text_is(struct span value, const char *text)
{
	size_t length = strlen(text);

	return value.data && value.length == length + 2 && value.data[0] == '"' &&
	       memcmp(value.data + 1, text, length) == 0;
}

/* Return the code of the four hexadecimal digits at `at`, or -1 if there are fewer before `end`. */
int scan_hex4(const char *at, const char *end);

#endif
