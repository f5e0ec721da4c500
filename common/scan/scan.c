/* The strict JSON scanner: grammar, repair and compaction in one pass. */
#include "common/scan/scanner.h"

#include "common/base/utf8.h"

/* Write what was passed since the last time, then `instead` in place of the bytes up to `next`. */
static void replace(struct scanner *s, const char *from, const char *next, struct span instead)
{
	struct compactor *c = &s->compactor;

	if (!c->out)
		return;
	scanner_copy(s, c->kept, (size_t)(from - c->kept));
	memcpy(c->out, instead.data, instead.length);
	c->out += instead.length;
	c->kept = next;
}

const char *scanner_skip_some_space(struct scanner *s, const char *from)
{
	const char *at = scan_token_space(&s->token, from);

	if (at > from)
		replace(s, from, at, SPAN(""));
	return at;
}

const char *scanner_take_unusual_string(struct scanner *s, const char *at)
{
	struct scan_repair repair;

	do {
		at = scan_token_string(&s->token, at, &repair);
		if (at && repair.length)
			replace(s, repair.bad, at, SPAN(UTF8_REPLACEMENT_TEXT));
	} while (at && repair.length);
	return at;
}

const char *scanner_take_literal(struct scanner *s, const char *from)
{
	const char *at = scan_token_literal(&s->token, from);

	if (at && (*from == 'N' || *from == 'I' || *from == '-'))
		replace(s, from, at, SPAN("null"));
	return at;
}

/* Read what follows a value inside containers: close those that end. With `*more`, a value is next.
 */
static inline const char *after_value(struct scanner *s, const char *at, unsigned floor, bool *more)
{
	struct span key;

	*more = false;
	while (at && !*more && s->depth > floor)
		at = scanner_take_separator(s, at, more);
	return at && *more && scanner_in_object(s) ? scanner_take_key(s, at, &key) : at;
}

/* Just inside a container: close it if it is empty. With `*more`, its first value is next. */
static const char *first_in_container(struct scanner *s, const char *at, bool *more)
{
	struct span key;

	at = scanner_skip_space(s, at);
	if (at == s->token.end)
		return scanner_error(s, at, "ends too early");
	*more = *at != (scanner_in_object(s) ? '}' : ']');
	if (*more)
		return scanner_in_object(s) ? scanner_take_key(s, at, &key) : at;
	s->depth--;
	return at + 1;
}

/* Read one value with everything inside. */
const char *scanner_take_value(struct scanner *s, const char *at)
{
	unsigned floor = s->depth;
	bool more = true;

	while (more) {
		at = scanner_skip_space(s, at);
		if (at == s->token.end)
			return scanner_error(s, at, "ends too early");
		if (*at == '{' || *at == '[') {
			at = scanner_enter(s, at);
			if (at)
				at = first_in_container(s, at, &more);
			if (at && more)
				continue;
		} else {
			at = scanner_take_scalar(s, at);
		}
		if (at)
			at = after_value(s, at, floor, &more);
		if (!at)
			return NULL;
	}
	return at;
}

const char *scanner_take_end(struct scanner *s, const char *at)
{
	at = scanner_skip_space(s, at);
	return at == s->token.end ? at : scanner_error(s, at, "more after the value");
}

static const char *take_text(struct scanner *s)
{
	const char *at = scanner_take_value(s, s->token.start);

	return at ? scanner_take_end(s, at) : NULL;
}

bool scan_check(struct span text, enum scan_mode mode, struct scan_error *error)
{
	struct scanner s = scanner_of(text, mode);

	return scanner_report(&s, take_text(&s), error);
}

bool scan_compact(
	struct span text, enum scan_mode mode, char *out, size_t *written, struct scan_error *error)
{
	struct scanner s = scanner_of(text, mode);

	s.compactor = (struct compactor){.out = out, .kept = text.data};
	if (!scanner_report(&s, take_text(&s), error))
		return false;
	replace(&s, s.token.end, s.token.end, SPAN(""));
	*written = (size_t)(s.compactor.out - out);
	return true;
}
