/* Write records into a buffer, one JSON object a line. */
#include "common/lines/json.h"

#include "common/base/array.h"
#include "common/base/utf8.h"
#include "common/scan/plain.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

static void put_key(struct buffer *out, const char *key)
{
	buffer_add(out, ",\"", 2);
	buffer_add_text(out, key);
	buffer_add(out, "\":", 2);
}

void json_open(struct buffer *out, const char *type)
{
	buffer_add_text(out, "{\"type\":\"");
	buffer_add_text(out, type);
	buffer_add_char(out, '"');
}

void json_close(struct buffer *out)
{
	buffer_add(out, "}\n", 2);
}

/* Append one character that scan_plain_end() stops at. Return its length in bytes. */
static size_t put_character(struct buffer *out, const char *at, size_t length)
{
	uint32_t code;
	size_t taken = utf8_decode(at, length, &code);

	if (!taken) {
		buffer_add_text(out, UTF8_REPLACEMENT_TEXT);
		return 1;
	}
	if (code == '"' || code == '\\') {
		buffer_add_char(out, '\\');
		buffer_add_char(out, (char)code);
	} else if (code == '\n') {
		buffer_add(out, "\\n", 2);
	} else if (code < 0x20 || utf8_is_del_or_c1(code)) {
		buffer_printf(out, "\\u%04x", code);
	} else {
		buffer_add(out, at, taken);
	}
	return taken;
}

void json_put_text(struct buffer *out, struct span text)
{
	const char *at = text.data, *end = text.data + text.length;

	buffer_add_char(out, '"');
	while (at < end) {
		const char *plain_end = scan_plain_end(at, end);
		buffer_add(out, at, (size_t)(plain_end - at));
		at = plain_end;
		if (at < end)
			at += put_character(out, at, (size_t)(end - at));
	}
	buffer_add_char(out, '"');
}

/* Append the digits of `number` after a sign, the last `decimals` of them after a point. */
static void put_decimal(struct buffer *out, bool negative, uint64_t number, unsigned decimals)
{
	char text[32];
	char *at = text + sizeof(text);

	for (unsigned digits = 0; number > 0 || digits <= decimals; digits++) {
		if (digits == decimals && decimals > 0)
			*--at = '.';
		*--at = (char)('0' + number % 10);
		number /= 10;
	}
	if (negative)
		*--at = '-';
	buffer_add(out, at, (size_t)(text + sizeof(text) - at));
}

/* Append a number of few digits, without printf(): a whole number of at most 15 digits divided by a
 * power of ten that a double holds exactly is rounded once, so if the quotient is `number`, these
 * digits read back as it. */
static bool put_short_number(struct buffer *out, double number)
{
	static const double powers[] = {1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9};
	double size = fabs(number);

	/* An exponent is shorter. */
	if (size > 0 && size < 1e-6)
		return false;
	for (unsigned decimals = 0; decimals < ARRAY_SIZE(powers); decimals++) {
		double scaled = nearbyint(size * powers[decimals]);
		if (!(scaled < 1e15))
			return false;
		if (scaled / powers[decimals] == size) {
			put_decimal(out, number < 0, (uint64_t)scaled, decimals);
			return true;
		}
	}
	return false;
}

/* 15 digits are usually enough; 17 always are. */
void json_put_number(struct buffer *out, double number)
{
	char text[32];

	if (put_short_number(out, number))
		return;
	for (int digits = 15; digits <= 17; digits++) {
		snprintf(text, sizeof(text), "%.*g", digits, number);
		if (strtod(text, NULL) == number)
			break;
	}
	buffer_add_text(out, text);
}

void json_text(struct buffer *out, const char *key, struct span text)
{
	if (!text.data)
		return;
	put_key(out, key);
	json_put_text(out, text);
}

void json_raw(struct buffer *out, const char *key, struct span value)
{
	if (!value.data)
		return;
	put_key(out, key);
	buffer_add_span(out, value);
}

void json_number(struct buffer *out, const char *key, double number)
{
	if (!isfinite(number))
		return;
	put_key(out, key);
	json_put_number(out, number);
}

void json_integer(struct buffer *out, const char *key, int64_t number)
{
	put_key(out, key);
	put_decimal(out, number < 0, number < 0 ? 0 - (uint64_t)number : (uint64_t)number, 0);
}

void json_bool(struct buffer *out, const char *key, bool value)
{
	json_raw(out, key, value ? SPAN("true") : SPAN("false"));
}

void json_time(struct buffer *out, const char *key, clock_us time)
{
	char text[CLOCK_TEXT_SIZE];

	clock_format(time, text);
	put_key(out, key);
	buffer_add_char(out, '"');
	buffer_add(out, text, CLOCK_TEXT_SIZE - 1);
	buffer_add_char(out, '"');
}
