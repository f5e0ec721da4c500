/* Runs of characters that need no look at each of them: inside strings, and of digits. */
#ifndef WD_SCAN_PLAIN_H
#define WD_SCAN_PLAIN_H

#include <stdint.h>
#include <string.h>
#ifdef __SSE2__
#include <emmintrin.h>
#endif

/* Return the first byte from `at` on that is a quote, a backslash, a control character (DEL is one)
 * or not ASCII, or `end`. Sixteen bytes at a time where the processor has SSE2 (all of x86-64): as
 * signed bytes plus 1, DEL and those that are not ASCII are below the space, too. Then eight bytes at
 * a time: Anderson, "Bit Twiddling Hacks", "Determine if a word has a byte less than n". A carry or a
 * borrow can only raise false flags above a true one, so the lowest flag is right; which byte that
 * is depends on the order of bytes. */
static inline const char *scan_plain_end(const char *at, const char *end)
{
	const uint64_t ones = UINT64_C(0x0101010101010101);
	uint64_t word;

#ifdef __SSE2__
	for (; end - at >= 16; at += 16) {
		__m128i bytes = _mm_loadu_si128((const __m128i *)(const void *)at);
		__m128i above = _mm_add_epi8(bytes, _mm_set1_epi8(1));
		__m128i found = _mm_or_si128(_mm_cmplt_epi8(above, _mm_set1_epi8(' ' + 1)),
			_mm_or_si128(_mm_cmpeq_epi8(bytes, _mm_set1_epi8('"')),
				_mm_cmpeq_epi8(bytes, _mm_set1_epi8('\\'))));
		int flags = _mm_movemask_epi8(found);
		if (flags)
			return at + __builtin_ctz((unsigned)flags);
	}
#endif
	for (; end - at >= 8; at += 8) {
		memcpy(&word, at, sizeof(word));
		uint64_t quote = word ^ (ones * '"');
		uint64_t backslash = word ^ (ones * '\\');
		uint64_t found = (word - ones * 0x20) | (quote - ones) | (backslash - ones) |
				 (word + ones) | word;
		found &= ones * 0x80;
		if (found && __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__)
			return at + __builtin_ctzll(found) / 8;
		if (found)
			break;
	}
	while (at < end && (unsigned char)*at >= 0x20 && (unsigned char)*at < 0x7f && *at != '"' &&
		*at != '\\')
		at++;
	return at;
}

/* Return the first byte from `at` on that is no digit, or `end`. */
static inline const char *scan_digits_end(const char *at, const char *end)
{
#ifdef __SSE2__
	for (; end - at >= 16; at += 16) {
		__m128i bytes = _mm_loadu_si128((const __m128i *)(const void *)at);
		__m128i above = _mm_sub_epi8(bytes, _mm_set1_epi8('0'));
		__m128i digits = _mm_cmpeq_epi8(_mm_min_epu8(above, _mm_set1_epi8(9)), above);
		int others = _mm_movemask_epi8(digits) ^ 0xffff;
		if (others)
			return at + __builtin_ctz((unsigned)others);
	}
#endif
	while (at < end && *at >= '0' && *at <= '9')
		at++;
	return at;
}

/* Return the end of the number or literal at `at`: the first comma, closing brace or bracket, or white
 * space, or `end`. Bit 5 tells the brace from the bracket. */
static inline const char *scan_scalar_end(const char *at, const char *end)
{
#ifdef __SSE2__
	for (; end - at >= 16; at += 16) {
		__m128i bytes = _mm_loadu_si128((const __m128i *)(const void *)at);
		__m128i closing = _mm_or_si128(bytes, _mm_set1_epi8(0x20));
		__m128i found = _mm_or_si128(_mm_cmplt_epi8(bytes, _mm_set1_epi8(' ' + 1)),
			_mm_or_si128(_mm_cmpeq_epi8(bytes, _mm_set1_epi8(',')),
				_mm_cmpeq_epi8(closing, _mm_set1_epi8('}'))));
		int flags = _mm_movemask_epi8(found);
		if (flags)
			return at + __builtin_ctz((unsigned)flags);
	}
#endif
	while (at < end && (unsigned char)*at > ' ' && *at != ',' && *at != '}' && *at != ']')
		at++;
	return at;
}

#endif
