/* Internal to the scanner: one token at a time. */
#include "common/scan/token.h"

#include "common/base/array.h"
#include "common/base/utf8.h"
#include "common/scan/value.h"

const char *scan_token_error(struct scan_token *t, const char *at, const char *reason)
{
	t->error = (struct scan_error){reason, (size_t)(at - t->start)};
	return NULL;
}

const char *scan_token_space(const struct scan_token *t, const char *at)
{
	while (at < t->end && (*at == ' ' || *at == '\t' || *at == '\n' || *at == '\r'))
		at++;
	return at;
}

/* Return what follows one digit or more. */
static inline const char *take_digits(struct scan_token *t, const char *from)
{
	const char *at = scan_digits_end(from, t->end);

	return at > from ? at : scan_token_error(t, at, "expected a digit");
}

static const char *take_exponent(struct scan_token *t, const char *at)
{
	return take_digits(t, at + (at < t->end && (*at == '+' || *at == '-')));
}

const char *scan_token_number(struct scan_token *t, const char *at)
{
	const char *from = at + (*at == '-'), *end = t->end;

	at = take_digits(t, from);
	if (at && *from == '0' && at - from > 1)
		return scan_token_error(t, from + 1, "leading zero");
	if (at && at < end && *at == '.')
		at = take_digits(t, at + 1);
	if (at && at < end && (*at == 'e' || *at == 'E'))
		at = take_exponent(t, at + 1);
	return at;
}

static bool starts_with(const struct scan_token *t, const char *at, struct span word)
{
	return (size_t)(t->end - at) >= word.length && memcmp(at, word.data, word.length) == 0;
}

bool scan_token_is_infinity(const struct scan_token *t, const char *at)
{
	return starts_with(t, at, SPAN("-Infinity"));
}

const char *scan_token_literal(struct scan_token *t, const char *at)
{
	static const struct span words[] = {{"null", 4}, {"true", 4}, {"false", 5}, {"NaN", 3},
		{"Infinity", 8}, {"-Infinity", 9}};

	for (size_t i = 0; i < ARRAY_SIZE(words); i++) {
		if (starts_with(t, at, words[i]))
			return at + words[i].length;
	}
	return scan_token_error(t, at, "expected a value");
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
static const char *take_unicode(struct scan_token *t, const char *at, bool *lone)
{
	int code = scan_hex4(at + 2, t->end);

	*lone = false;
	if (code < 0)
		return scan_token_error(t, at, "bad \\u escape");
	at += 6;
	if (!high_surrogate(code)) {
		*lone = low_surrogate(code);
		return at;
	}
	*lone = !(t->end - at >= 6 && at[0] == '\\' && at[1] == 'u' &&
		  low_surrogate(scan_hex4(at + 2, t->end)));
	return *lone ? at : at + 6;
}

static const char *repair_bytes(struct scan_token *t, const char *bad, size_t length,
	const char *reason, struct scan_repair *repair)
{
	if (t->mode == SCAN_STRICT)
		return scan_token_error(t, bad, reason);
	*repair = (struct scan_repair){bad, length};
	return bad + length;
}

const char *scan_token_string(struct scan_token *t, const char *at, struct scan_repair *repair)
{
	uint32_t code;
	bool lone;

	repair->length = 0;
	for (;;) {
		at = scan_plain_end(at, t->end);
		if (at == t->end)
			return scan_token_error(t, at, "string does not end");
		const char *from = at;
		if (*from == '"')
			return from + 1;
		if ((unsigned char)*from < 0x20)
			return scan_token_error(t, at, "control character in a string");
		if (*from != '\\') {
			size_t taken = utf8_decode(from, (size_t)(t->end - from), &code);
			if (!taken)
				return repair_bytes(t, from, 1, "not UTF-8", repair);
			at += taken;
		} else if (t->end - from >= 2 && from[1] == 'u') {
			at = take_unicode(t, from, &lone);
			if (!at)
				return NULL;
			if (lone)
				return repair_bytes(t, from, 6, "lone surrogate", repair);
		} else {
			if (t->end - from < 2 || from[1] == '\0' || !strchr("\"\\/bfnrt", from[1]))
				return scan_token_error(t, at, "bad escape");
			at += 2;
		}
	}
}
