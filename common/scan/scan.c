/* The strict JSON scanner: grammar, repair and compaction in one pass. */
#include "common/scan/scan.h"

#include "common/scan/token.h"
#include "common/utf8.h"

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

static bool error_at(struct scanner *s, const char *reason)
{
	return scan_token_error(&s->token, reason);
}

/* Write what was passed since the last time, then `instead` in place of the bytes up to `next`. */
static void replace(struct scanner *s, const char *from, const char *next, struct span instead)
{
	struct compactor *c = &s->compactor;

	if (!c->out)
		return;
	size_t run = (size_t)(from - c->kept);
	memcpy(c->out, c->kept, run);
	memcpy(c->out + run, instead.data, instead.length);
	c->out += run + instead.length;
	c->kept = next;
}

static void skip_some_space(struct scanner *s)
{
	const char *from = s->token.at;

	scan_token_space(&s->token);
	if (s->token.at > from)
		replace(s, from, s->token.at, SPAN(""));
}

/* Usually there is none. */
static inline void skip_space(struct scanner *s)
{
	if (s->token.at == s->token.end || (unsigned char)*s->token.at <= ' ')
		skip_some_space(s);
}

static bool take_string(struct scanner *s)
{
	const char *bad;
	size_t length;

	/* Most strings are plain from quote to quote. */
	s->token.at = scan_plain_end(s->token.at + 1, s->token.end);
	if (s->token.at < s->token.end && *s->token.at == '"') {
		s->token.at++;
		return true;
	}
	for (;;) {
		switch (scan_token_string(&s->token, &bad, &length)) {
		case SCAN_STRING_END:
			return true;
		case SCAN_STRING_REPAIRED:
			replace(s, bad, bad + length, SPAN(UTF8_REPLACEMENT_TEXT));
			break;
		case SCAN_STRING_ERROR:
			return false;
		}
	}
}

static bool take_scalar(struct scanner *s)
{
	const char *from = s->token.at;

	if (*from == '"')
		return take_string(s);
	if ((*from >= '0' && *from <= '9') || (*from == '-' && !scan_token_is_infinity(&s->token)))
		return scan_token_number(&s->token);
	if (!scan_token_literal(&s->token))
		return false;
	if (*from == 'N' || *from == 'I' || *from == '-')
		replace(s, from, s->token.at, SPAN("null"));
	return true;
}

static uint64_t bit(unsigned depth)
{
	return UINT64_C(1) << (depth % 64);
}

static bool in_object(const struct scanner *s)
{
	return s->depth > 0 && (s->objects & bit(s->depth - 1));
}

static bool enter(struct scanner *s)
{
	if (s->depth == SCAN_DEPTH_MAX)
		return error_at(s, "nested too deep");
	if (*s->token.at == '{')
		s->objects |= bit(s->depth);
	else
		s->objects &= ~bit(s->depth);
	s->depth++;
	s->token.at++;
	return true;
}

/* A key and its colon. */
static bool take_key(struct scanner *s, struct span *key)
{
	skip_space(s);
	if (s->token.at == s->token.end || *s->token.at != '"')
		return error_at(s, "expected a key");
	key->data = s->token.at;
	if (!take_string(s))
		return false;
	key->length = (size_t)(s->token.at - key->data);
	skip_space(s);
	if (s->token.at == s->token.end || *s->token.at != ':')
		return error_at(s, "expected ':'");
	s->token.at++;
	return true;
}

/* Read what follows a value inside containers: close those that end. With `*more`, a value is
 * next. */
static bool after_value(struct scanner *s, unsigned floor, bool *more)
{
	struct span key;

	*more = false;
	while (s->depth > floor) {
		skip_space(s);
		if (s->token.at == s->token.end)
			return error_at(s, "ends too early");
		char closing = in_object(s) ? '}' : ']';
		if (*s->token.at == ',') {
			s->token.at++;
			*more = true;
			return !in_object(s) || take_key(s, &key);
		}
		if (*s->token.at != closing)
			return error_at(
				s, in_object(s) ? "expected ',' or '}'" : "expected ',' or ']'");
		s->token.at++;
		s->depth--;
	}
	return true;
}

/* Just inside a container: close it if it is empty. With `*more`, its first value is next. */
static bool first_in_container(struct scanner *s, bool *more)
{
	struct span key;

	skip_space(s);
	if (s->token.at == s->token.end)
		return error_at(s, "ends too early");
	if (*s->token.at == (in_object(s) ? '}' : ']')) {
		s->token.at++;
		s->depth--;
		*more = false;
		return true;
	}
	*more = true;
	return !in_object(s) || take_key(s, &key);
}

/* Read one value with everything inside. */
static bool take_value(struct scanner *s)
{
	unsigned floor = s->depth;
	bool more = true;

	while (more) {
		skip_space(s);
		if (s->token.at == s->token.end)
			return error_at(s, "ends too early");
		if (*s->token.at == '{' || *s->token.at == '[') {
			if (!enter(s) || !first_in_container(s, &more))
				return false;
			if (more)
				continue;
		} else if (!take_scalar(s)) {
			return false;
		}
		if (!after_value(s, floor, &more))
			return false;
	}
	return true;
}

static bool take_end(struct scanner *s)
{
	skip_space(s);
	return s->token.at == s->token.end || error_at(s, "more after the value");
}

static struct scanner scanner_of(struct span text, enum scan_mode mode)
{
	return (struct scanner){
		.token = {.start = text.data,
			.at = text.data,
			.end = text.data + text.length,
			.mode = mode},
	};
}

static bool report(const struct scanner *s, bool ok, struct scan_error *error)
{
	if (!ok)
		*error = s->token.error;
	return ok;
}

bool scan_check(struct span text, enum scan_mode mode, struct scan_error *error)
{
	struct scanner s = scanner_of(text, mode);

	return report(&s, take_value(&s) && take_end(&s), error);
}

bool scan_compact(
	struct span text, enum scan_mode mode, char *out, size_t *written, struct scan_error *error)
{
	struct scanner s = scanner_of(text, mode);

	s.compactor = (struct compactor){.out = out, .kept = text.data};
	if (!report(&s, take_value(&s) && take_end(&s), error))
		return false;
	replace(&s, s.token.end, s.token.end, SPAN(""));
	*written = (size_t)(s.compactor.out - out);
	return true;
}

static bool take_members(struct scanner *s, const struct scan_pick *pick);

static void forget(const struct scan_pick *pick)
{
	memset(pick->members, 0, pick->keys->count * sizeof(*pick->members));
}

/* Read the value of the member `index`, and find the keys inside. */
static bool take_picked(struct scanner *s, const struct scan_pick *pick, int index)
{
	if (!pick->inside || index < 0 || (size_t)index != pick->at)
		return take_value(s);
	forget(pick->inside);
	if (s->token.at < s->token.end && *s->token.at == '{')
		return take_members(s, pick->inside);
	return take_value(s);
}

static bool take_member(struct scanner *s, const struct scan_pick *pick)
{
	struct span key;

	if (!take_key(s, &key))
		return false;
	skip_space(s);
	const char *from = s->token.at;
	int index = scan_keys_find(pick->keys, key);
	if (!take_picked(s, pick, index))
		return false;
	if (index >= 0) {
		struct span value = {from, (size_t)(s->token.at - from)};
		pick->members[index] = (struct scan_member){key.data, value};
	}
	return true;
}

/* Read the members of an object that is not empty, from its first key on. */
static bool take_rest(struct scanner *s, const struct scan_pick *pick)
{
	for (;;) {
		if (!take_member(s, pick))
			return false;
		skip_space(s);
		if (s->token.at == s->token.end)
			return error_at(s, "ends too early");
		char c = *s->token.at;
		if (c != '}' && c != ',')
			return error_at(s, "expected ',' or '}'");
		s->token.at++;
		if (c == '}') {
			s->depth--;
			return true;
		}
	}
}

/* Read an object, at its brace. Recursion is two levels deep: picks are not nested further. */
static bool take_members(struct scanner *s, const struct scan_pick *pick)
{
	if (!enter(s))
		return false;
	skip_space(s);
	if (s->token.at < s->token.end && *s->token.at == '}') {
		s->token.at++;
		s->depth--;
		return true;
	}
	return take_rest(s, pick);
}

static bool take_object(struct scanner *s, const struct scan_pick *pick)
{
	skip_space(s);
	if (s->token.at == s->token.end || *s->token.at != '{')
		return error_at(s, "expected an object");
	return take_members(s, pick) && take_end(s);
}

bool scan_pick(struct span text, enum scan_mode mode, const struct scan_pick *pick,
	struct scan_error *error)
{
	struct scanner s = scanner_of(text, mode);

	forget(pick);
	if (pick->inside)
		forget(pick->inside);
	return report(&s, take_object(&s, pick), error);
}

bool scan_object(struct span text, const struct scan_keys *keys, struct scan_member *members,
	struct scan_error *error)
{
	return scan_pick(text, SCAN_STRICT, &(struct scan_pick){keys, members}, error);
}
