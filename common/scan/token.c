/* Internal to the scanner: one token at a time. */
#include "common/scan/token.h"

#include "common/array.h"
#include "common/scan/value.h"
#include "common/utf8.h"

bool scan_token_error(struct scan_token *t, const char *reason)
{
	t->error = (struct scan_error){reason, (size_t)(t->at - t->start)};
	return false;
}

void scan_token_space(struct scan_token *t)
{
	while (t->at < t->end &&
		(*t->at == ' ' || *t->at == '\t' || *t->at == '\n' || *t->at == '\r'))
		t->at++;
}

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

/* Return the first byte from `at` on that is no digit, or `end`. */
static const char *digits_end(const char *at, const char *end)
{
	while (at < end && is_digit(*at))
		at++;
	return at;
}

/* Take one digit or more, from `at` on. */
static bool take_digits(struct scan_token *t, const char *at)
{
	t->at = digits_end(at, t->end);
	return t->at > at || scan_token_error(t, "expected a digit");
}

bool scan_token_number(struct scan_token *t)
{
	const char *at = t->at + (*t->at == '-'), *end = t->end;

	if (!take_digits(t, at))
		return false;
	if (*at == '0' && t->at - at > 1) {
		t->at = at + 1;
		return scan_token_error(t, "leading zero");
	}
	if (t->at < end && *t->at == '.' && !take_digits(t, t->at + 1))
		return false;
	if (t->at < end && (*t->at == 'e' || *t->at == 'E')) {
		at = t->at + 1;
		return take_digits(t, at + (at < end && (*at == '+' || *at == '-')));
	}
	return true;
}

static bool starts_with(const struct scan_token *t, struct span word)
{
	return (size_t)(t->end - t->at) >= word.length &&
	       memcmp(t->at, word.data, word.length) == 0;
}

bool scan_token_is_infinity(const struct scan_token *t)
{
	return starts_with(t, SPAN("-Infinity"));
}

bool scan_token_literal(struct scan_token *t)
{
	static const struct span words[] = {{"null", 4}, {"true", 4}, {"false", 5}, {"NaN", 3},
		{"Infinity", 8}, {"-Infinity", 9}};

	for (size_t i = 0; i < ARRAY_SIZE(words); i++) {
		if (starts_with(t, words[i])) {
			t->at += words[i].length;
			return true;
		}
	}
	return scan_token_error(t, "expected a value");
}

static bool high_surrogate(int code)
{
	return code >= 0xd800 && code <= 0xdbff;
}

static bool low_surrogate(int code)
{
	return code >= 0xdc00 && code <= 0xdfff;
}

/* Read an escape at `\u`; a pair of surrogates as one. `*lone` is set for half of a pair. */
static bool take_unicode(struct scan_token *t, bool *lone)
{
	int code = scan_hex4(t->at + 2, t->end);

	*lone = false;
	if (code < 0)
		return scan_token_error(t, "bad \\u escape");
	t->at += 6;
	if (!high_surrogate(code)) {
		*lone = low_surrogate(code);
		return true;
	}
	*lone = !(t->end - t->at >= 6 && t->at[0] == '\\' && t->at[1] == 'u' &&
		  low_surrogate(scan_hex4(t->at + 2, t->end)));
	if (!*lone)
		t->at += 6;
	return true;
}

static enum scan_string string_error(struct scan_token *t, const char *reason)
{
	scan_token_error(t, reason);
	return SCAN_STRING_ERROR;
}

static enum scan_string repair(struct scan_token *t, const char *bad, const char *next,
	const char **where, size_t *length, const char *reason)
{
	t->at = bad;
	if (t->mode == SCAN_STRICT) {
		scan_token_error(t, reason);
		return SCAN_STRING_ERROR;
	}
	t->at = next;
	*where = bad;
	*length = (size_t)(next - bad);
	return SCAN_STRING_REPAIRED;
}

enum scan_string scan_token_string(struct scan_token *t, const char **bad, size_t *length)
{
	uint32_t code;
	bool lone;

	for (;;) {
		t->at = scan_plain_end(t->at, t->end);
		if (t->at == t->end)
			return string_error(t, "string does not end");
		const char *from = t->at;
		if (*from == '"') {
			t->at++;
			return SCAN_STRING_END;
		}
		if ((unsigned char)*from < 0x20)
			return string_error(t, "control character in a string");
		if (*from != '\\') {
			size_t taken = utf8_decode(from, (size_t)(t->end - from), &code);
			if (!taken)
				return repair(t, from, from + 1, bad, length, "not UTF-8");
			t->at += taken;
		} else if (t->end - from >= 2 && from[1] == 'u') {
			if (!take_unicode(t, &lone))
				return SCAN_STRING_ERROR;
			if (lone)
				return repair(t, from, from + 6, bad, length, "lone surrogate");
		} else {
			if (t->end - from < 2 || from[1] == '\0' || !strchr("\"\\/bfnrt", from[1]))
				return string_error(t, "bad escape");
			t->at += 2;
		}
	}
}
