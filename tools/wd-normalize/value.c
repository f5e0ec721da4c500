/* Values as kits send them. */
#include "tools/wd-normalize/value.h"

#include "common/base/array.h"
#include "common/time/clock.h"

#include <math.h>
#include <stdlib.h>
#include <strings.h>

/* Longer than any number, date or word that has a meaning. */
enum {
	SHORT_TEXT = 64
};

static bool digit(char c)
{
	return c >= '0' && c <= '9';
}

static struct span trim(struct span text)
{
	while (text.length > 0 && (unsigned char)*text.data <= ' ') {
		text.data++;
		text.length--;
	}
	while (text.length > 0 && (unsigned char)text.data[text.length - 1] <= ' ')
		text.length--;
	return text;
}

/* Return what is between the quotes, without space around it; escapes are not decoded. */
static struct span inside(struct span quoted)
{
	return trim((struct span){quoted.data + 1, quoted.length - 2});
}

bool value_given(struct span value)
{
	enum scan_kind kind = scan_kind(value);

	if (kind != SCAN_TEXT)
		return kind != SCAN_NULL;
	/* The first letter of most texts shows that they are not a filler. */
	if ((unsigned char)value.data[1] > ' ' && value.data[1] != 'N' && value.length > 2)
		return true;
	struct span text = inside(value);
	return text.length > 0 && !span_equals(text, "N/A");
}

/* Return a text, decoded and trimmed; empty if it is too long to have a meaning. */
static struct span decode(struct span value, char copy[SHORT_TEXT])
{
	size_t length = value.length <= SHORT_TEXT ? scan_text(value, copy, SHORT_TEXT) : 0;

	return trim((struct span){copy, length});
}

/* Return the length of the decimal number at the start of `text`, or 0: [+-]digits[.digits]
 * [e[+-]digits], with digits on at least one side of the point. */
static size_t decimal_length(struct span text)
{
	const char *at = text.data, *end = text.data + text.length;
	size_t digits = 0;

	if (at < end && (*at == '-' || *at == '+'))
		at++;
	for (; at < end && digit(*at); at++)
		digits++;
	if (at < end && *at == '.') {
		for (at++; at < end && digit(*at); at++)
			digits++;
	}
	if (digits == 0)
		return 0;
	const char *mantissa_end = at;
	if (at < end && (*at == 'e' || *at == 'E')) {
		at++;
		if (at < end && (*at == '-' || *at == '+'))
			at++;
		if (at < end && digit(*at)) {
			while (at < end && digit(*at))
				at++;
			return (size_t)(at - text.data);
		}
	}
	return (size_t)(mantissa_end - text.data);
}

/* `text` is a decimal number. */
static bool parse_decimal(struct span text, double *number)
{
	char copy[SHORT_TEXT];

	memcpy(copy, text.data, text.length);
	copy[text.length] = '\0';
	*number = strtod(copy, NULL);
	return isfinite(*number);
}

bool value_number(struct span value, double *number)
{
	char copy[SHORT_TEXT];

	if (scan_kind(value) != SCAN_TEXT)
		return scan_number(value, number);
	struct span text = decode(value, copy);
	if (text.length == 0 || decimal_length(text) != text.length)
		return false;
	return parse_decimal(text, number);
}

bool value_date(struct span value, double *seconds)
{
	char copy[SHORT_TEXT];
	clock_us time;

	struct span text = decode(value, copy);
	if (text.length == 0 || !clock_parse(text, &time))
		return false;
	*seconds = (double)time / (double)CLOCK_SECOND_US;
	return true;
}

bool value_time(struct span value, double *seconds)
{
	return value_number(value, seconds) || value_date(value, seconds);
}

bool value_accuracy(struct span value, double *metres)
{
	static const struct {
		const char *name;
		double metres;
	} units[] = {{"", 1}, {"m", 1}, {"km", 1000}, {"NM", 1852}};
	char copy[SHORT_TEXT];

	if (scan_kind(value) != SCAN_TEXT)
		return scan_number(value, metres);
	struct span text = decode(value, copy);
	while (text.length > 0 && !digit(*text.data)) {
		text.data++;
		text.length--;
	}
	size_t length = decimal_length(text);
	if (length == 0 || !parse_decimal((struct span){text.data, length}, metres))
		return false;
	struct span unit = trim((struct span){text.data + length, text.length - length});
	const char *word_end = memchr(unit.data, ' ', unit.length);
	if (word_end)
		unit.length = (size_t)(word_end - unit.data);
	for (size_t i = 0; i < ARRAY_SIZE(units); i++) {
		if (span_equals(unit, units[i].name)) {
			*metres *= units[i].metres;
			return true;
		}
	}
	return false;
}

bool value_flag(struct span value, double *flag)
{
	char copy[SHORT_TEXT];
	enum scan_kind kind = scan_kind(value);

	*flag = kind == SCAN_TRUE;
	if (kind == SCAN_TRUE || kind == SCAN_FALSE)
		return true;
	if (value_number(value, flag))
		return *flag == 0 || *flag == 1;
	struct span text = decode(value, copy);
	copy[text.data - copy + (ptrdiff_t)text.length] = '\0';
	*flag = strcasecmp(text.data, "true") == 0;
	return *flag == 1 || strcasecmp(text.data, "false") == 0;
}

bool value_true(struct span value, double *flag)
{
	return value_flag(value, flag) && *flag == 1;
}

static bool is_one_of(struct span value, const char *const *words, double *flag)
{
	*flag = 1;
	while (*words && !scan_text_is(value, *words))
		words++;
	return *words != NULL;
}

bool value_ground(struct span value, double *flag)
{
	static const char *const words[] = {"ground", NULL};

	return is_one_of(value, words, flag);
}

bool value_aircraft(struct span value, double *flag)
{
	static const char *const words[] = {"aircraft", NULL};

	return is_one_of(value, words, flag);
}

bool value_emitter(struct span value, double *flag)
{
	static const char *const words[] = {
		"sik_reasm", "sik_gps_repaired", "sik_position_hint", "mlrs_reasm", NULL};

	return is_one_of(value, words, flag);
}

bool value_fpv(struct span value, double *flag)
{
	static const char *const words[] = {"fpv", "analog", NULL};

	return is_one_of(value, words, flag);
}

bool value_present(struct span value, double *flag)
{
	(void)value;
	*flag = 1;
	return true;
}
