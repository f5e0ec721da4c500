/* UTF-8, one character at a time. */
#ifndef WD_COMMON_UTF8
#define WD_COMMON_UTF8

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Reads the character at `at` (`length` >= 1 bytes are there). Returns its length in bytes, 1..4,
 * or 0 where the bytes are no UTF-8: overlong forms, surrogates and codes above U+10FFFF are none
 * (Unicode 15, table 3-7). */
size_t utf8_decode(const char *at, size_t length, uint32_t *code);

/* Writes `code` (a valid scalar value) and returns its length, 1..4. */
size_t utf8_encode(uint32_t code, char out[4]);

/* DEL and C1: control characters, which a terminal may obey, that JSON and XML let stand as they
 * are. */
static inline bool utf8_is_del_or_c1(uint32_t code)
{
	return code >= 0x7f && code < 0xa0;
}

/* What stands for bytes that mean nothing, and its UTF-8 form. */
#define UTF8_REPLACEMENT      0xfffdu
#define UTF8_REPLACEMENT_TEXT "\xef\xbf\xbd"

#endif
