/* The strict JSON scanner: bytes that it has accepted can be trusted to be JSON.
 *
 * It accepts RFC 8259 with two extensions that real kits need: Python's bare NaN, Infinity and
 * -Infinity are read as null, and, if the caller asks for it (SCAN_REPAIR), ill-formed UTF-8 and
 * lone surrogates inside strings are read as U+FFFD instead of refusing the whole text: one drone
 * with a broken name must not hide the others. Only a scan_list allocates memory. It never reads past
 * the end of the text. Values are spans into that text. */
#ifndef WD_SCAN_SCAN_H
#define WD_SCAN_SCAN_H

#include "common/scan/keys.h"
#include "common/scan/mode.h"
#include "common/scan/value.h"

/* Objects and arrays may be nested this deep. */
#define SCAN_DEPTH_MAX 64

/* Return whether `text` is one JSON value with nothing but white space around it. */
bool scan_check(struct span text, enum scan_mode mode, struct scan_error *error);

/* The maximum that scan_compact() writes for `length` bytes: `[NaN,NaN]` grows, and so do bytes
 * that are not UTF-8, each of which becomes the three of U+FFFD. */
#define SCAN_COMPACT_MAX(length) (3 * (length) + 4)

/* As scan_check(), and write the value to `out` (SCAN_COMPACT_MAX bytes) without white space
 * between its tokens, with null for NaN and the infinities, repaired as `mode` allows; all
 * other tokens byte for byte. `*written` is the length. After an error the content of `out` is
 * undefined. */
bool scan_compact(struct span text, enum scan_mode mode, char *out, size_t *written,
	struct scan_error *error);

/* What is known of a value without looking at it again. */
enum scan_form {
	SCAN_FORM_OTHER,
	SCAN_FORM_PLAIN,   /* a text of printable ASCII without escapes */
	SCAN_FORM_DECIMAL, /* a number that scan_decimal() can read */
};

/* A member of an object: where its key begins (at the quote), and its value; all NULL if absent. */
struct scan_member {
	const char *key;
	struct span value;
	enum scan_form form;
	double number; /* of SCAN_FORM_DECIMAL */
};

/* Check that `text` is one JSON object (white space around it allowed) and fill members[0..count)
 * with the values of the known keys; a repeated key has its last value, as in jq and Python. Nested
 * values are checked but not indexed: call again on a value. */
bool scan_object(struct span text, struct scan_keys *keys, struct scan_member *members,
	struct scan_error *error);

#define SCAN_ITEM (-1)

/* An item of an array; or, with the index of its key, a member of the item before it. */
struct scan_entry {
	struct scan_member member;
	int key;
};

/* The first items of an array and, of those that are objects, the members with known keys, in the
 * order of the text; a repeated key has its last value. Zero-initialise and set `keys` (NULL: the
 * array is checked only) and `max`. */
struct scan_list {
	struct scan_keys *keys;
	size_t max; /* items that are noted: memory grows with this, not with the text */
	struct scan_entry *entries;
	size_t count, capacity;
	size_t items, item;       /* so far; the entry of the last one */
	size_t at[SCAN_KEYS_MAX]; /* the entry of each key, where it belongs to that item */
	size_t next;              /* the entry that scan_list_next() reads next */
};

void scan_list_release(struct scan_list *list);

/* The keys to find in an object; unless `inside` is NULL, those inside its member with the index
 * `at`, if that is an object too; and, unless `lists` is NULL, a list for each key, which is filled
 * if the member is an array, and empty if not. */
struct scan_pick {
	struct scan_keys *keys;
	struct scan_member *members;
	const struct scan_pick *inside;
	size_t at;
	struct scan_list *lists;
	struct scan_list *list; /* internal: where the members are put in place of `members` */
};

/* As scan_object(), in either mode, including the keys inside and the lists, in one pass. */
bool scan_pick(struct span text, enum scan_mode mode, const struct scan_pick *pick,
	struct scan_error *error);

/* scan_object() for a value that has been checked, in either mode: cheaper, and it cannot fail.
 * Other kinds of values have no members. */
void scan_members(struct span object, struct scan_keys *keys, struct scan_member *members);

/* Walk an array that has been checked. Use:
 *     struct span rest = scan_items(array), item;
 *     while (scan_next(&rest, &item)) … */
struct span scan_items(struct span array);
bool scan_next(struct span *rest, struct span *item);

/* Walk the members of an object that has been checked; `key` with its quotes. Use:
 *     struct span rest = scan_object_members(object), key, value;
 *     while (scan_next_member(&rest, &key, &value)) … */
struct span scan_object_members(struct span object);
bool scan_next_member(struct span *rest, struct span *key, struct span *value);

/* Fill the list from an array that has been checked; from other kinds, it is empty. */
void scan_list(struct span array, struct scan_list *list);

/* Read the next item of a list, with its members as scan_members() would find them. */
bool scan_list_next(struct scan_list *list, struct span *item, struct scan_member *members);

#endif
