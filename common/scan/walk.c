/* Walk values that have been checked: only the structure matters, and nothing can fail. */
#include "common/scan/scan.h"
#include "common/scan/token.h"

static bool space(char c)
{
	return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

static inline const char *skip_space(const char *at, const char *end)
{
	while (at < end && space(*at))
		at++;
	return at;
}

/* Return the end of the string that begins at `at`. */
static inline const char *string_end(const char *at, const char *end)
{
	at = scan_plain_end(at + 1, end);
	while (*at != '"')
		at = scan_plain_end(at + (*at == '\\' ? 2 : 1), end);
	return at + 1;
}

/* Return the end of the object or array that begins at `at`. */
static const char *container_end(const char *at, const char *end)
{
	unsigned depth = 0;

	for (;;) {
		switch (*at) {
		case '"':
			at = string_end(at, end);
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

static inline const char *value_end(const char *at, const char *end)
{
	if (*at == '"')
		return string_end(at, end);
	if (*at == '{' || *at == '[')
		return container_end(at, end);
	return scan_scalar_end(at, end);
}

/* Fill `members` from the object that begins at `at`. Return its end. */
static const char *walk_object(
	const char *at, const char *end, const struct scan_keys *keys, struct scan_member *members)
{
	for (at = skip_space(at + 1, end); *at != '}'; at = skip_space(at, end)) {
		const char *key = at;
		at = string_end(at, end);
		int index = scan_keys_find(keys, (struct span){key, (size_t)(at - key)});
		const char *value = skip_space(skip_space(at, end) + 1, end);
		at = value_end(value, end);
		if (index >= 0) {
			struct span span = {value, (size_t)(at - value)};
			members[index] = (struct scan_member){key, span};
		}
		at = skip_space(at, end);
		if (*at == ',')
			at++;
	}
	return at + 1;
}

void scan_members(struct span object, const struct scan_keys *keys, struct scan_member *members)
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

	if (at)
		leave_item(rest, item, at, value_end(at, rest->data + rest->length));
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

	if (!at)
		return false;
	leave_item(rest, key, at, string_end(at, end));
	at = skip_space(skip_space(rest->data, end) + 1, end);
	leave_item(rest, value, at, value_end(at, end));
	return true;
}

bool scan_next_members(struct span *rest, struct span *item, const struct scan_keys *keys,
	struct scan_member *members)
{
	const char *at = next_item(*rest);

	if (!at)
		return false;
	if (*at != '{')
		return scan_next(rest, item);
	memset(members, 0, keys->count * sizeof(*members));
	leave_item(rest, item, at, walk_object(at, rest->data + rest->length, keys, members));
	return true;
}
