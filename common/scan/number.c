/* Checked numbers, as doubles. */
#include "common/scan/value.h"

#include <float.h>
#include <math.h>
#include <stdint.h>
#include <stdlib.h>

/* Fewer than 2^64, and 19 of them never are more. */
#define DIGITS_MAX 19

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

/* Add the digits from `at` on to `number`. Return their end. Up to eight are read at once, in pairs,
 * then in fours (Lemire, "Quickly parsing eight digits", 2018): those that follow are shifted out, so
 * that zeros come first. A carry or a borrow can only raise false flags above a true one, so the
 * lowest flag is right; which byte that is depends on the order of bytes. */
static inline const char *take_digits(const char *at, const char *end, uint64_t *number)
{
	static const uint64_t powers[] = {
		1, 10, 100, 1000, 10000, 100000, 1000000, 10000000, 100000000};
	const uint64_t ones = UINT64_C(0x0101010101010101);
	uint64_t word;

	while (end - at >= 8 && __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__) {
		memcpy(&word, at, sizeof(word));
		uint64_t others =
			((word + ones * (0x7f - '9')) | (word - ones * '0')) & ones * 0x80;
		unsigned count = others ? (unsigned)__builtin_ctzll(others) / 8 : 8;
		if (count == 0)
			return at;
		word = (word ^ ones * '0') << (64 - 8 * count);
		word = word * 10 + (word >> 8);
		word = (word & UINT64_C(0xff000000ff)) * (100 + (UINT64_C(1000000) << 32)) +
		       (word >> 16 & UINT64_C(0xff000000ff)) * (1 + (UINT64_C(10000) << 32));
		*number = *number * powers[count] + (word >> 32);
		at += count;
		if (count < 8)
			return at;
	}
	for (; at < end && is_digit(*at); at++)
		*number = *number * 10 + (uint64_t)(*at - '0');
	return at;
}

/* Return digits / 10^decimals, rounded once and so correctly: a double holds both exactly (Clinger,
 * "How to Read Floating Point Numbers Accurately", 1990). A long double of x86 holds all 64 bits of
 * the digits; rounding its quotient to a double is right too, unless that lies half-way between two
 * doubles. */
static bool divide(uint64_t digits, size_t decimals, double *number)
{
	static const double powers[DIGITS_MAX + 1] = {1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8,
		1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19};

	if (digits <= UINT64_C(1) << DBL_MANT_DIG) {
		*number = (double)digits / powers[decimals];
		return true;
	}
#if LDBL_MANT_DIG == 64
	long double quotient = (long double)digits / powers[decimals];
	uint64_t mantissa;

	memcpy(&mantissa, &quotient, sizeof(mantissa));
	*number = (double)quotient;
	return (mantissa & 0x7ff) != 0x400;
#else
	return false;
#endif
}

const char *scan_decimal_end(const char *at, const char *end, double *number)
{
	const char *first = at + (at < end && *at == '-');
	uint64_t digits = 0;

	const char *point = take_digits(first, end, &digits);
	if (point == first || (*first == '0' && point - first > 1))
		return NULL;
	const char *after = point;
	if (point < end && *point == '.') {
		after = take_digits(point + 1, end, &digits);
		if (after == point + 1)
			return NULL;
	}
	size_t decimals = (size_t)(after - point) - (after > point);
	if ((size_t)(point - first) + decimals > DIGITS_MAX ||
		(after < end && (*after | 0x20) == 'e') || !divide(digits, decimals, number))
		return NULL;
	if (first > at)
		*number = -*number;
	return after;
}

bool scan_decimal(struct span value, double *number)
{
	if (value.length == 0)
		return false;
	const char *end = value.data + value.length;
	return scan_decimal_end(value.data, end, number) == end;
}

/* Read any number. */
static bool convert(struct span value, double *number)
{
	char stack[64];
	char *copy = stack;

	if (value.length >= sizeof(stack)) {
		copy = malloc(value.length + 1);
		if (!copy)
			return false;
	}
	memcpy(copy, value.data, value.length);
	copy[value.length] = '\0';
	*number = strtod(copy, NULL);
	if (copy != stack)
		free(copy);
	return isfinite(*number);
}

bool scan_number(struct span value, double *number)
{
	if (scan_decimal(value, number))
		return true;
	return scan_kind(value) == SCAN_NUMBER && convert(value, number);
}
