/* Numbers are read as strtod() reads them. */
#include "common/scan/value.h"
#include "tests/unit/tap.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

static double number(const char *text)
{
	double value = NAN;

	return scan_number(span_of(text), &value) ? value : -1;
}

static void numbers(void)
{
	is_number(number("42.36914706699754"), 42.36914706699754, "16 digits");
	is_number(number("-71.05742338521699"), -71.05742338521699, "negative");
	is_number(number("1795456769.5949886"), 1795456769.5949886, "17 digits");
	is_number(number("9007199254740993"), 9007199254740993.0, "beyond 2^53");
	is_number(number("12345678901234567890123456789012345678901234567890123456789012345678901"),
		12345678901234567890123456789012345678901234567890123456789012345678901.0,
		"71 digits");
	is_number(number("1E3"), 1000, "an exponent");
	is_number(number("1e999"), -1, "an infinity is no number");
	is_number(number("\"1\""), -1, "nor is a text");
	is_number(number("-Infinity"), -1, "nor is Python's");
	ok(!scan_number((struct span){0}, &(double){0}), "nor an absent value");
	is_number(number("18446744073709551615"), 18446744073709551615.0, "20 digits");
	is_number(number("0.0000000000000000001"), 1e-19, "a small one");
	ok(signbit(number("-0")), "minus zero");
}

/* The decimals of a kit's positions have 14 to 17 digits; some lie close to the middle between two
 * doubles. */
static void decimals(void)
{
	uint64_t state = 1;
	bool same = true;

	for (int i = 0; i < 200000; i++) {
		char text[32];
		double value;
		state = state * UINT64_C(6364136223846793005) + 1;
		int length = snprintf(text, sizeof(text), "%s%" PRIu64, i % 3 ? "" : "-",
			(state >> 1) % UINT64_C(9999999999999999999));
		int point = length - 1 - (int)(state >> 60);
		if (point > 1) {
			memmove(text + point + 1, text + point, (size_t)(length - point) + 1);
			text[point] = '.';
		}
		if (!scan_number(span_of(text), &value) || value != strtod(text, NULL))
			same = ok(false, text);
	}
	ok(same, "numbers are read as strtod() does");
	/* Exactly in the middle: rounded to even. */
	is_number(number("9007199254740993"), 9007199254740992.0, "half-way, down");
	is_number(number("9007199254740995"), 9007199254740996.0, "half-way, up");
	is_number(number("4503599627370496.5"), 4503599627370496.0, "half-way, a fraction");
}

static bool ends_at(const char *text, size_t at)
{
	double value;
	const char *end = scan_decimal_end(text, text + strlen(text), &value);

	return at ? end == text + at : end == NULL;
}

static void ends(void)
{
	ok(ends_at("-12.5,7", 5), "a number ends at the comma");
	ok(ends_at("12345678901.1234]", 16), "after many digits");
	ok(ends_at("0", 1) && ends_at("-0.0", 4), "at the end of the text");
	ok(ends_at("00", 0) && ends_at("-", 0) && ends_at("1.", 0) && ends_at(".5", 0) &&
			ends_at("", 0),
		"what is no number of JSON is refused");
	ok(ends_at("1e3", 0) && ends_at("1.5E3", 0), "an exponent, too");
	ok(ends_at("12345678901234567890", 0) && ends_at("1.2345678901234567890", 0),
		"and more than 19 digits");
	ok(ends_at("null", 0) && ends_at("\"1\"", 0), "other values are");
}

int main(void)
{
	numbers();
	decimals();
	ends();
	return tap_done();
}
