/* Check an object and find the members with known keys, in one pass. */
#include "common/base/xalloc.h"
#include "common/scan/scanner.h"

#include <stdlib.h>

static const char *take_members(struct scanner *s, const char *at, const struct scan_pick *pick);

static void empty(struct scan_list *list)
{
	list->count = list->items = list->next = 0;
}

static void forget(const struct scan_pick *pick)
{
	memset(pick->members, 0, pick->keys->count * sizeof(*pick->members));
	for (size_t i = 0; pick->lists && i < pick->keys->count; i++)
		empty(&pick->lists[i]);
}

static void grow(struct scan_list *list)
{
	list->capacity = list->capacity ? 2 * list->capacity : 256;
	list->entries = xrealloc(list->entries, list->capacity * sizeof(*list->entries));
}

static inline size_t append(struct scan_list *list, int key)
{
	if (list->count == list->capacity)
		grow(list);
	list->entries[list->count].key = key;
	return list->count++;
}

/* Return the member of the current item that the caller fills. */
static inline struct scan_member *member_of(struct scan_list *list, int key)
{
	size_t at = list->at[key];

	if (at <= list->item || at >= list->count || list->entries[at].key != key)
		at = list->at[key] = append(list, key);
	return &list->entries[at].member;
}

/* Read an item of a list: its entry, then those of its members. */
static const char *take_item(struct scanner *s, const char *at, struct scan_list *list)
{
	const struct scan_pick pick = {.keys = list->keys, .list = list};
	const char *from = at;

	if (list->items == list->max)
		return scanner_take_value(s, at);
	list->items++;
	list->item = append(list, SCAN_ITEM);
	if (at < s->token.end && *at == '{')
		at = take_members(s, at, &pick);
	else
		at = scanner_take_value(s, at);
	if (at)
		list->entries[list->item].member.value = (struct span){from, (size_t)(at - from)};
	return at;
}

/* Read an array that is not empty, from its first item on. */
static const char *take_items(struct scanner *s, const char *at, struct scan_list *list)
{
	bool more = true;

	while (at && more) {
		at = take_item(s, scanner_skip_space(s, at), list);
		if (at)
			at = scanner_take_separator(s, at, &more);
	}
	return at;
}

/* Read an array, at its bracket. */
static const char *take_list(struct scanner *s, const char *at, struct scan_list *list)
{
	at = scanner_enter(s, at);
	if (!at)
		return NULL;
	at = scanner_skip_space(s, at);
	if (at == s->token.end || *at != ']')
		return take_items(s, at, list);
	s->depth--;
	return at + 1;
}

/* Read the value of the member `index`, and find the keys inside. */
static const char *take_nested(
	struct scanner *s, const char *at, const struct scan_pick *pick, size_t index)
{
	struct scan_list *list = pick->lists ? &pick->lists[index] : NULL;
	bool is_inside = pick->inside && index == pick->at;
	char first = at < s->token.end ? *at : '\0';

	if (is_inside)
		forget(pick->inside);
	if (list)
		empty(list);
	if (is_inside && first == '{')
		return take_members(s, at, pick->inside);
	if (list && list->keys && first == '[')
		return take_list(s, at, list);
	return scanner_take_value(s, at);
}

static inline const char *take_string(struct scanner *s, const char *at, struct scan_member *member)
{
	const char *end = scan_plain_end(at + 1, s->token.end);

	if (end == s->token.end || *end != '"')
		return scanner_take_unusual_string(s, end);
	member->form = SCAN_FORM_PLAIN;
	return end + 1;
}

static inline const char *take_number(struct scanner *s, const char *at, struct scan_member *member)
{
	const char *end = scan_decimal_end(at, s->token.end, &member->number);

	if (!end)
		return scanner_take_scalar(s, at);
	member->form = SCAN_FORM_DECIMAL;
	return end;
}

/* Read the value of the member `index`, and note its form. */
static inline const char *take_value(struct scanner *s, const char *at,
	const struct scan_pick *pick, int index, struct scan_member *member)
{
	member->form = SCAN_FORM_OTHER;
	if (index >= 0 && (pick->inside || pick->lists))
		return take_nested(s, at, pick, (size_t)index);
	if (at == s->token.end || *at == '{' || *at == '[')
		return scanner_take_value(s, at);
	if (*at == '"')
		return take_string(s, at, member);
	if (*at <= '9')
		return take_number(s, at, member);
	return scanner_take_literal(s, at);
}

/* Read a key and its colon. `*index` is -1 for a key that is not known. */
static inline const char *take_key(struct scanner *s, const char *at, struct scan_keys *keys,
	int previous, struct span *key, int *index)
{
	at = scanner_skip_space(s, at);
	if (scan_keys_expected(keys, previous, at, s->token.end, index)) {
		key->data = at;
		return scanner_take_colon(s, at + keys->lengths[*index] + 2);
	}
	at = scanner_take_key(s, at, key);
	if (!at)
		return NULL;
	*index = scan_keys_find(keys, *key);
	if (*index >= 0)
		scan_keys_note(keys, previous, *index);
	return at;
}

/* Read a member after the known key `*previous`, which is -1 at first, and update that. */
static inline const char *take_member(
	struct scanner *s, const char *at, const struct scan_pick *pick, int *previous)
{
	struct scan_member unknown, *member = &unknown;
	struct span key;
	int index;

	at = take_key(s, at, pick->keys, *previous, &key, &index);
	if (!at)
		return NULL;
	if (index >= 0) {
		member = pick->list ? member_of(pick->list, index) : &pick->members[index];
		*previous = index;
	}
	const char *from = scanner_skip_space(s, at);
	at = take_value(s, from, pick, index, member);
	member->key = key.data;
	member->value = (struct span){from, (size_t)(at - from)};
	return at;
}

/* Read the members of an object that is not empty, from its first key on. */
static const char *take_rest(struct scanner *s, const char *at, const struct scan_pick *pick)
{
	int previous = -1;
	bool more = true;

	while (at && more) {
		at = take_member(s, at, pick, &previous);
		if (at)
			at = scanner_take_separator(s, at, &more);
	}
	return at;
}

/* Read an object, at its brace. Recursion is a few levels deep: picks are not nested further. */
static const char *take_members(struct scanner *s, const char *at, const struct scan_pick *pick)
{
	at = scanner_enter(s, at);
	if (!at)
		return NULL;
	at = scanner_skip_space(s, at);
	if (at == s->token.end || *at != '}')
		return take_rest(s, at, pick);
	s->depth--;
	return at + 1;
}

static const char *take_object(struct scanner *s, const struct scan_pick *pick)
{
	const char *at = scanner_skip_space(s, s->token.start);

	if (at == s->token.end || *at != '{')
		return scanner_error(s, at, "expected an object");
	at = take_members(s, at, pick);
	return at ? scanner_take_end(s, at) : NULL;
}

bool scan_pick(struct span text, enum scan_mode mode, const struct scan_pick *pick,
	struct scan_error *error)
{
	struct scanner s = scanner_of(text, mode);

	forget(pick);
	if (pick->inside)
		forget(pick->inside);
	return scanner_report(&s, take_object(&s, pick), error);
}

bool scan_object(struct span text, struct scan_keys *keys, struct scan_member *members,
	struct scan_error *error)
{
	return scan_pick(text, SCAN_STRICT, &(struct scan_pick){keys, members}, error);
}

void scan_list(struct span array, struct scan_list *list)
{
	struct scanner s = scanner_of(array, SCAN_REPAIR);

	empty(list);
	if (scan_kind(array) == SCAN_ARRAY)
		take_list(&s, array.data, list);
}

bool scan_list_next(struct scan_list *list, struct span *item, struct scan_member *members)
{
	if (list->next == list->count)
		return false;
	memset(members, 0, list->keys->count * sizeof(*members));
	const struct scan_entry *entry = &list->entries[list->next++];
	*item = entry->member.value;
	for (; list->next < list->count && entry[1].key != SCAN_ITEM; list->next++) {
		entry++;
		members[entry->key] = entry->member;
	}
	return true;
}

/* The memory of a giant list is freed. */
void scan_list_release(struct scan_list *list)
{
	free(list->entries);
	*list = (struct scan_list){.keys = list->keys};
}
