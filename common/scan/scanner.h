/* Internal to the scanner: its state, and the steps that are taken for each byte or token. */
#ifndef WD_SCAN_SCANNER_H
#define WD_SCAN_SCANNER_H

#include "common/scan/scan.h"
#include "common/scan/token.h"

/* With `out`, everything before `kept` has been written there. */
struct compactor {
	char *out;
	const char *kept;
};

struct scanner {
	struct scan_token token;
	struct compactor compactor;
	uint64_t objects; /* bit d: the container at depth d is an object */
	unsigned depth;
};

static inline const char *scanner_error(struct scanner *s, const char *at, const char *reason)
{
	return scan_token_error(&s->token, at, reason);
}

/* Copy `length` bytes of the text. Usually they are few: a copy of fixed size needs no call, where
 * there are as many bytes to read. SCAN_COMPACT_MAX leaves room for it: each byte that follows
 * counts three times. */
static inline void scanner_copy(struct scanner *s, const char *from, size_t length)
{
	struct compactor *c = &s->compactor;

	if (length <= 32 && s->token.end - from >= 32)
		memcpy(c->out, from, 32);
	else
		memcpy(c->out, from, length);
	c->out += length;
}

/* The rare cases of the functions below, with the same contract. */
const char *scanner_skip_some_space(struct scanner *s, const char *from);
const char *scanner_take_unusual_string(struct scanner *s, const char *at);
const char *scanner_take_literal(struct scanner *s, const char *from);

/* Most values follow at once, or after one space, as Python writes it. */
static inline const char *scanner_skip_space(struct scanner *s, const char *at)
{
	if (at < s->token.end && (unsigned char)*at > ' ')
		return at;
	if (s->token.end - at < 2 || *at != ' ' || (unsigned char)at[1] <= ' ')
		return scanner_skip_some_space(s, at);
	if (s->compactor.out) {
		scanner_copy(s, s->compactor.kept, (size_t)(at - s->compactor.kept));
		s->compactor.kept = at + 1;
	}
	return at + 1;
}

/* Most strings are plain from quote to quote. */
static inline const char *scanner_take_string(struct scanner *s, const char *at)
{
	at = scan_plain_end(at + 1, s->token.end);
	if (at < s->token.end && *at == '"')
		return at + 1;
	return scanner_take_unusual_string(s, at);
}

static inline const char *scanner_take_scalar(struct scanner *s, const char *at)
{
	if (*at == '"')
		return scanner_take_string(s, at);
	if ((*at >= '0' && *at <= '9') || (*at == '-' && !scan_token_is_infinity(&s->token, at)))
		return scan_token_number(&s->token, at);
	return scanner_take_literal(s, at);
}

static inline uint64_t scanner_bit(unsigned depth)
{
	return UINT64_C(1) << (depth % 64);
}

static inline bool scanner_in_object(const struct scanner *s)
{
	return s->depth > 0 && (s->objects & scanner_bit(s->depth - 1));
}

static inline const char *scanner_enter(struct scanner *s, const char *at)
{
	if (s->depth == SCAN_DEPTH_MAX)
		return scanner_error(s, at, "nested too deep");
	if (*at == '{')
		s->objects |= scanner_bit(s->depth);
	else
		s->objects &= ~scanner_bit(s->depth);
	s->depth++;
	return at + 1;
}

/* Read what follows a value of a container: a comma, or with `*more` false the end of the container. */
static inline const char *scanner_take_separator(struct scanner *s, const char *at, bool *more)
{
	bool is_object = scanner_in_object(s);

	at = scanner_skip_space(s, at);
	if (at == s->token.end)
		return scanner_error(s, at, "ends too early");
	*more = *at == ',';
	if (*more)
		return at + 1;
	if (*at != (is_object ? '}' : ']'))
		return scanner_error(
			s, at, is_object ? "expected ',' or '}'" : "expected ',' or ']'");
	s->depth--;
	return at + 1;
}

static inline const char *scanner_take_colon(struct scanner *s, const char *at)
{
	at = scanner_skip_space(s, at);
	if (at == s->token.end || *at != ':')
		return scanner_error(s, at, "expected ':'");
	return at + 1;
}

/* A key and its colon. */
static inline const char *scanner_take_key(struct scanner *s, const char *at, struct span *key)
{
	at = scanner_skip_space(s, at);
	if (at == s->token.end || *at != '"')
		return scanner_error(s, at, "expected a key");
	key->data = at;
	at = scanner_take_string(s, at);
	if (!at)
		return NULL;
	key->length = (size_t)(at - key->data);
	return scanner_take_colon(s, at);
}

static inline struct scanner scanner_of(struct span text, enum scan_mode mode)
{
	return (struct scanner){
		.token = {.start = text.data, .end = text.data + text.length, .mode = mode},
	};
}

static inline bool scanner_report(const struct scanner *s, bool ok, struct scan_error *error)
{
	if (!ok)
		*error = s->token.error;
	return ok;
}

/* Read one value with everything inside. */
const char *scanner_take_value(struct scanner *s, const char *at);

/* Read the white space at the end of the text. */
const char *scanner_take_end(struct scanner *s, const char *at);

#endif
