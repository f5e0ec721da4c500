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

/* Read eight digits at once, in pairs, then in fours: Lemire, "Quickly parsing eight digits", 2018.
 * Return false if they are not eight digits, or if the order of bytes is another. */
static inline bool eight_digits(const char *at, uint64_t *number)
{
	const uint64_t ones = UINT64_C(0x0101010101010101);
	uint64_t word;

	memcpy(&word, at, sizeof(word));
	if (__BYTE_ORDER__ != __ORDER_LITTLE_ENDIAN__ ||
		(((word + ones * ('F')) | (word - ones * '0')) & ones * 0x80))
		return false;
	word -= ones * '0';
	word = word * 10 + (word >> 8);
	uint64_t low = (word & UINT64_C(0xff000000ff)) * (100 + (UINT64_C(1000000) << 32));
	uint64_t high = (word >> 16 & UINT64_C(0xff000000ff)) * (1 + (UINT64_C(10000) << 32));
	*number = *number * 100000000 + ((low + high) >> 32);
	return true;
}

/* Add the digits from `at` on to `number`. Return their end. */
static inline const char *take_digits(const char *at, const char *end, uint64_t *number)
{
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

bool scan_decimal(struct span value, double *number)
{
	const char *at = value.data, *end = at + value.length;
	uint64_t digits = 0;
	size_t decimals = 0;

	if (scan_kind(value) != SCAN_NUMBER || value.length > DIGITS_MAX + 2)
		return false;
	const char *first = at + (*at == '-');
	const char *point = take_digits(first, end, &digits);
	at = point;
	if (at < end && *at == '.') {
		for (at++; end - at >= 8 && eight_digits(at, &digits);)
			at += 8;
		at = take_digits(at, end, &digits);
		decimals = (size_t)(at - point - 1);
	}
	if (at < end || end - first - (point < end) > DIGITS_MAX ||
		!divide(digits, decimals, number))
		return false;
	if (first > value.data)
		*number = -*number;
	return true;
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
