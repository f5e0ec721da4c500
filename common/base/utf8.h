/* UTF-8, one character at a time. */
#ifndef WD_COMMON_UTF8_H
#define WD_COMMON_UTF8_H

#include "common/base/span.h"

#include <stdint.h>

/* Read the character at `at` (`length` >= 1 bytes are there). Return its length in bytes, 1..4, or
 * 0 if the bytes are not UTF-8; nor are overlong forms, surrogates and codes above U+10FFFF
 * (Unicode 15, table 3-7). */
size_t utf8_decode(const char *at, size_t length, uint32_t *code);

/* Write `code` (a valid scalar value) and return its length, 1..4. */
size_t utf8_encode(uint32_t code, char out[4]);

/* Return whether `code` is DEL or C1: control characters that a terminal may obey and that JSON and
 * XML allow unescaped. */
static inline bool utf8_is_del_or_c1(uint32_t code)
{
	return code >= 0x7f && code < 0xa0;
}

/* Return the length of the beginning of `text` that has at most `max` bytes and does not end inside
 * a character. Bytes that are not UTF-8 may be cut anywhere. */
size_t utf8_truncate(struct span text, size_t max);

/* Return whether a reader cannot see the character, or a terminal obeys it: all of Unicode's
 * general categories Cc, Cf, Zl and Zp, its property Default_Ignorable_Code_Point (Unicode 14), and
 * U+2800, the blank of Braille. */
bool utf8_is_invisible(uint32_t code);

/* The byte order mark, which may precede UTF-8 text (RFC 8259, section 8.1). */
#define UTF8_BYTE_ORDER_MARK "\xef\xbb\xbf"

/* Return `text` without a byte order mark at its start. */
static inline struct span utf8_skip_byte_order_mark(struct span text)
{
	size_t length = sizeof(UTF8_BYTE_ORDER_MARK) - 1;

	if (text.length < length || memcmp(text.data, UTF8_BYTE_ORDER_MARK, length) != 0)
		return text;
	return (struct span){text.data + length, text.length - length};
}

/* Replace bytes that are not UTF-8; and its own UTF-8 form. */
#define UTF8_REPLACEMENT      0xfffdu
#define UTF8_REPLACEMENT_TEXT "\xef\xbf\xbd"

#endif
