/* Walk values that have been checked: only the structure matters, and nothing can fail. */
#include "common/scan/scan.h"
#include "common/scan/token.h"

/* Outside of strings there are no other control characters. */
static bool space(char c)
{
	return (unsigned char)c <= ' ';
}

/* Something follows, for the text is inside of an object. */
static inline const char *skip_space(const char *at)
{
	while (space(*at))
		at++;
	return at;
}

static const char *unusual_string_end(const char *at, const char *end)
{
	while (*at != '"')
		at = scan_plain_end(at + (*at == '\\' ? 2 : 1), end);
	return at + 1;
}

/* Return the end of the string that begins at `at`. */
static inline const char *string_end(const char *at, const char *end, bool *is_plain)
{
	at = scan_plain_end(at + 1, end);
	*is_plain = *at == '"';
	return *is_plain ? at + 1 : unusual_string_end(at, end);
}

/* Return the end of the object or array that begins at `at`. */
static const char *container_end(const char *at, const char *end)
{
	unsigned depth = 0;
	bool is_plain;

	for (;;) {
		switch (*at) {
		case '"':
			at = string_end(at, end, &is_plain);
			continue;
		case '{':
		case '[':
			depth++;
			break;
		case '}':
		case ']':
			if (--depth == 0)
				return at + 1;
			break;
		default:
			break;
		}
		at++;
	}
}

/* Return the end of the value that begins at `at`, and note its form. */
static inline const char *value_end(const char *at, const char *end, struct scan_member *member)
{
	bool is_plain;

	member->form = SCAN_FORM_OTHER;
	if (*at == '"') {
		at = string_end(at, end, &is_plain);
		member->form = is_plain ? SCAN_FORM_PLAIN : SCAN_FORM_OTHER;
		return at;
	}
	if (*at == '{' || *at == '[')
		return container_end(at, end);
	const char *after = scan_decimal_end(at, end, &member->number);
	member->form = after ? SCAN_FORM_DECIMAL : SCAN_FORM_OTHER;
	return after ? after : scan_scalar_end(at, end);
}

/* Return the end of the key that begins at `at`, and its index, or -1. */
static inline const char *walk_key(
	const char *at, const char *end, struct scan_keys *keys, int previous, int *index)
{
	if (scan_keys_expected(keys, previous, at, end, index))
		return at + keys->lengths[*index] + 2;
	bool is_plain;
	const char *after = string_end(at, end, &is_plain);
	*index = scan_keys_find(keys, (struct span){at, (size_t)(after - at)});
	if (*index >= 0)
		scan_keys_note(keys, previous, *index);
	return after;
}

/* Fill `members` from the object that begins at `at`. Return its end. */
static const char *walk_object(
	const char *at, const char *end, struct scan_keys *keys, struct scan_member *members)
{
	struct scan_member member;
	int previous = -1, index;

	for (at = skip_space(at + 1); *at != '}'; at = skip_space(at)) {
		member.key = at;
		at = walk_key(at, end, keys, previous, &index);
		const char *value = skip_space(skip_space(at) + 1);
		at = value_end(value, end, &member);
		if (index >= 0) {
			member.value = (struct span){value, (size_t)(at - value)};
			members[index] = member;
			previous = index;
		}
		at = skip_space(at);
		if (*at == ',')
			at++;
	}
	return at + 1;
}

void scan_members(struct span object, struct scan_keys *keys, struct scan_member *members)
{
	memset(members, 0, keys->count * sizeof(*members));
	if (scan_kind(object) == SCAN_OBJECT)
		walk_object(object.data, object.data + object.length, keys, members);
}

struct span scan_items(struct span array)
{
	if (scan_kind(array) != SCAN_ARRAY)
		return (struct span){0};
	return (struct span){array.data + 1, array.length - 2};
}

/* Return where the next item begins, or NULL. */
static const char *next_item(struct span rest)
{
	for (size_t i = 0; i < rest.length; i++) {
		if (!space(rest.data[i]) && rest.data[i] != ',')
			return rest.data + i;
	}
	return NULL;
}

static void leave_item(struct span *rest, struct span *item, const char *at, const char *after)
{
	*item = (struct span){at, (size_t)(after - at)};
	rest->length -= (size_t)(after - rest->data);
	rest->data = after;
}

bool scan_next(struct span *rest, struct span *item)
{
	const char *at = next_item(*rest);
	struct scan_member member;

	if (at)
		leave_item(rest, item, at, value_end(at, rest->data + rest->length, &member));
	return at != NULL;
}

struct span scan_object_members(struct span object)
{
	if (scan_kind(object) != SCAN_OBJECT)
		return (struct span){0};
	return (struct span){object.data + 1, object.length - 2};
}

bool scan_next_member(struct span *rest, struct span *key, struct span *value)
{
	const char *at = next_item(*rest), *end = rest->data + rest->length;
	struct scan_member member;
	bool is_plain;

	if (!at)
		return false;
	leave_item(rest, key, at, string_end(at, end, &is_plain));
	at = skip_space(skip_space(rest->data) + 1);
	leave_item(rest, value, at, value_end(at, end, &member));
	return true;
}
