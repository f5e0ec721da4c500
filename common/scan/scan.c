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

static const char *error_at(struct scanner *s, const char *at, const char *reason)
{
	return scan_token_error(&s->token, at, reason);
}

/* Copy `length` bytes of the text. Usually they are few: a copy of fixed size needs no call, where
 * there are as many bytes to read. SCAN_COMPACT_MAX leaves room for it: each byte that follows
 * counts three times. */
static inline void copy(struct scanner *s, const char *from, size_t length)
{
	struct compactor *c = &s->compactor;

	if (length <= 32 && s->token.end - from >= 32)
		memcpy(c->out, from, 32);
	else
		memcpy(c->out, from, length);
	c->out += length;
}

/* Write what was passed since the last time, then `instead` in place of the bytes up to `next`. */
static void replace(struct scanner *s, const char *from, const char *next, struct span instead)
{
	struct compactor *c = &s->compactor;

	if (!c->out)
		return;
	copy(s, c->kept, (size_t)(from - c->kept));
	memcpy(c->out, instead.data, instead.length);
	c->out += instead.length;
	c->kept = next;
}

static const char *skip_some_space(struct scanner *s, const char *from)
{
	const char *at = scan_token_space(&s->token, from);

	if (at > from)
		replace(s, from, at, SPAN(""));
	return at;
}

/* Usually there is none, or one space, as Python writes it. */
static inline const char *skip_space(struct scanner *s, const char *at)
{
	if (at < s->token.end && (unsigned char)*at > ' ')
		return at;
	if (s->token.end - at < 2 || *at != ' ' || (unsigned char)at[1] <= ' ')
		return skip_some_space(s, at);
	if (s->compactor.out) {
		copy(s, s->compactor.kept, (size_t)(at - s->compactor.kept));
		s->compactor.kept = at + 1;
	}
	return at + 1;
}

static const char *take_unusual_string(struct scanner *s, const char *at)
{
	struct scan_repair repair;

	do {
		at = scan_token_string(&s->token, at, &repair);
		if (at && repair.length)
			replace(s, repair.bad, at, SPAN(UTF8_REPLACEMENT_TEXT));
	} while (at && repair.length);
	return at;
}

/* Most strings are plain from quote to quote. */
static inline const char *take_string(struct scanner *s, const char *at)
{
	at = scan_plain_end(at + 1, s->token.end);
	if (at < s->token.end && *at == '"')
		return at + 1;
	return take_unusual_string(s, at);
}

static const char *take_literal(struct scanner *s, const char *from)
{
	const char *at = scan_token_literal(&s->token, from);

	if (at && (*from == 'N' || *from == 'I' || *from == '-'))
		replace(s, from, at, SPAN("null"));
	return at;
}

static inline const char *take_scalar(struct scanner *s, const char *at)
{
	if (*at == '"')
		return take_string(s, at);
	if ((*at >= '0' && *at <= '9') || (*at == '-' && !scan_token_is_infinity(&s->token, at)))
		return scan_token_number(&s->token, at);
	return take_literal(s, at);
}

static uint64_t bit(unsigned depth)
{
	return UINT64_C(1) << (depth % 64);
}

static bool in_object(const struct scanner *s)
{
	return s->depth > 0 && (s->objects & bit(s->depth - 1));
}

static const char *enter(struct scanner *s, const char *at)
{
	if (s->depth == SCAN_DEPTH_MAX)
		return error_at(s, at, "nested too deep");
	if (*at == '{')
		s->objects |= bit(s->depth);
	else
		s->objects &= ~bit(s->depth);
	s->depth++;
	return at + 1;
}

/* A key and its colon. */
static inline const char *take_key(struct scanner *s, const char *at, struct span *key)
{
	at = skip_space(s, at);
	if (at == s->token.end || *at != '"')
		return error_at(s, at, "expected a key");
	key->data = at;
	at = take_string(s, at);
	if (!at)
		return NULL;
	key->length = (size_t)(at - key->data);
	at = skip_space(s, at);
	if (at == s->token.end || *at != ':')
		return error_at(s, at, "expected ':'");
	return at + 1;
}

/* Read what follows a value inside containers: close those that end. With `*more`, a value is next.
 */
static inline const char *after_value(struct scanner *s, const char *at, unsigned floor, bool *more)
{
	struct span key;

	*more = false;
	while (s->depth > floor) {
		bool is_object = in_object(s);
		at = skip_space(s, at);
		if (at == s->token.end)
			return error_at(s, at, "ends too early");
		if (*at == ',') {
			*more = true;
			return is_object ? take_key(s, at + 1, &key) : at + 1;
		}
		if (*at != (is_object ? '}' : ']'))
			return error_at(
				s, at, is_object ? "expected ',' or '}'" : "expected ',' or ']'");
		at++;
		s->depth--;
	}
	return at;
}

/* Just inside a container: close it if it is empty. With `*more`, its first value is next. */
static const char *first_in_container(struct scanner *s, const char *at, bool *more)
{
	struct span key;

	at = skip_space(s, at);
	if (at == s->token.end)
		return error_at(s, at, "ends too early");
	*more = *at != (in_object(s) ? '}' : ']');
	if (*more)
		return in_object(s) ? take_key(s, at, &key) : at;
	s->depth--;
	return at + 1;
}

/* Read one value with everything inside. */
static const char *take_value(struct scanner *s, const char *at)
{
	unsigned floor = s->depth;
	bool more = true;

	while (more) {
		at = skip_space(s, at);
		if (at == s->token.end)
			return error_at(s, at, "ends too early");
		if (*at == '{' || *at == '[') {
			at = enter(s, at);
			if (at)
				at = first_in_container(s, at, &more);
			if (at && more)
				continue;
		} else {
			at = take_scalar(s, at);
		}
		if (at)
			at = after_value(s, at, floor, &more);
		if (!at)
			return NULL;
	}
	return at;
}

static const char *take_end(struct scanner *s, const char *at)
{
	at = skip_space(s, at);
	return at == s->token.end ? at : error_at(s, at, "more after the value");
}

static const char *take_text(struct scanner *s)
{
	const char *at = take_value(s, s->token.start);

	return at ? take_end(s, at) : NULL;
}

static struct scanner scanner_of(struct span text, enum scan_mode mode)
{
	return (struct scanner){
		.token = {.start = text.data, .end = text.data + text.length, .mode = mode},
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

	return report(&s, take_text(&s), error);
}

bool scan_compact(
	struct span text, enum scan_mode mode, char *out, size_t *written, struct scan_error *error)
{
	struct scanner s = scanner_of(text, mode);

	s.compactor = (struct compactor){.out = out, .kept = text.data};
	if (!report(&s, take_text(&s), error))
		return false;
	replace(&s, s.token.end, s.token.end, SPAN(""));
	*written = (size_t)(s.compactor.out - out);
	return true;
}

static const char *take_members(struct scanner *s, const char *at, const struct scan_pick *pick);

static void forget(const struct scan_pick *pick)
{
	memset(pick->members, 0, pick->keys->count * sizeof(*pick->members));
}

/* Read the value of the member `index`, and find the keys inside. */
static const char *take_picked(
	struct scanner *s, const char *at, const struct scan_pick *pick, int index)
{
	if (!pick->inside || index < 0 || (size_t)index != pick->at)
		return take_value(s, at);
	forget(pick->inside);
	if (at < s->token.end && *at == '{')
		return take_members(s, at, pick->inside);
	return take_value(s, at);
}

static const char *take_member(struct scanner *s, const char *at, const struct scan_pick *pick)
{
	struct span key;

	at = take_key(s, at, &key);
	if (!at)
		return NULL;
	const char *from = skip_space(s, at);
	int index = scan_keys_find(pick->keys, key);
	at = take_picked(s, from, pick, index);
	if (at && index >= 0) {
		struct span value = {from, (size_t)(at - from)};
		pick->members[index] = (struct scan_member){.key = key.data, .value = value};
	}
	return at;
}

/* Read the members of an object that is not empty, from its first key on. */
static const char *take_rest(struct scanner *s, const char *at, const struct scan_pick *pick)
{
	for (;;) {
		at = take_member(s, at, pick);
		if (!at)
			return NULL;
		at = skip_space(s, at);
		if (at == s->token.end)
			return error_at(s, at, "ends too early");
		if (*at != '}' && *at != ',')
			return error_at(s, at, "expected ',' or '}'");
		if (*at++ == '}') {
			s->depth--;
			return at;
		}
	}
}

/* Read an object, at its brace. Recursion is two levels deep: picks are not nested further. */
static const char *take_members(struct scanner *s, const char *at, const struct scan_pick *pick)
{
	at = enter(s, at);
	if (!at)
		return NULL;
	at = skip_space(s, at);
	if (at == s->token.end || *at != '}')
		return take_rest(s, at, pick);
	s->depth--;
	return at + 1;
}

static const char *take_object(struct scanner *s, const struct scan_pick *pick)
{
	const char *at = skip_space(s, s->token.start);

	if (at == s->token.end || *at != '{')
		return error_at(s, at, "expected an object");
	at = take_members(s, at, pick);
	return at ? take_end(s, at) : NULL;
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
