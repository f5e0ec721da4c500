/* The strict JSON scanner: the border behind which bytes can be trusted to be JSON.
 *
 * RFC 8259 and nothing else, but for two things that real kits send: Python's bare NaN, Infinity
 * and -Infinity are read as null, and, where the caller asks for it (SCAN_REPAIR), ill-formed UTF-8
 * and lone surrogates inside strings are read as U+FFFD instead of refusing the whole text: one
 * drone with a broken name must not hide the others. Nothing here allocates, and nothing reads past
 * the end of the text that it was given. Values are spans into that text. */
#ifndef WD_SCAN_SCAN_H
#define WD_SCAN_SCAN_H

#include "common/scan/keys.h"
#include "common/scan/value.h"

/* Objects and arrays may be nested this deep. */
#define SCAN_DEPTH_MAX 64

enum scan_mode {
	SCAN_STRICT,
	SCAN_REPAIR,
};

/* `reason` is a static text such as "bad literal"; `at` the offset of the offending byte. */
struct scan_error {
	const char *reason;
	size_t at;
};

/* Whether `text` is one JSON value with nothing but white space around it. */
bool scan_check(struct span text, enum scan_mode mode, struct scan_error *error);

/* The most that scan_compact() writes for `length` bytes: `[NaN,NaN]` grows, and so do bytes that
 * are no UTF-8, each of which becomes the three of U+FFFD. */
#define SCAN_COMPACT_MAX(length) (3 * (length) + 4)

/* As scan_check(), and writes the value to `out` (SCAN_COMPACT_MAX bytes) without any white space
 * between its tokens, null for NaN and the infinities, mended as `mode` allows; all other tokens
 * byte for byte. `*written` is how long it became. On an error `out` holds rubbish. */
bool scan_compact(struct span text, enum scan_mode mode, char *out, size_t *written,
	struct scan_error *error);

/* A member of an object: where its key begins (at the quote), and its value. Not there: all NULL.
 */
struct scan_member {
	const char *key;
	struct span value;
};

/* Checks that `text` is one JSON object (white space around it allowed) and fills members[0..count)
 * with the values of the known keys; a key that is there twice has its last value, as jq and Python
 * read it. Nested values are checked but not indexed: call again on a value. */
bool scan_object(struct span text, const struct scan_keys *keys, struct scan_member *members,
	struct scan_error *error);

/* What to find in an object, and `inside` the one member of it that has the index `at`, where that
 * is an object too. `inside` may be NULL. */
struct scan_pick {
	const struct scan_keys *keys;
	struct scan_member *members;
	const struct scan_pick *inside;
	size_t at;
};

/* As scan_object(), in either mode, and for what is to be found inside as well, in one pass. */
bool scan_pick(struct span text, enum scan_mode mode, const struct scan_pick *pick,
	struct scan_error *error);

/* scan_object() for a value that has been checked, in either mode: cheaper, and it cannot fail.
 * Whatever is no object has no members. */
void scan_members(struct span object, const struct scan_keys *keys, struct scan_member *members);

/* Walks an array that has been checked. Use:
 *     struct span rest = scan_items(array), item;
 *     while (scan_next(&rest, &item)) … */
struct span scan_items(struct span array);
bool scan_next(struct span *rest, struct span *item);

/* Walks the members of an object that has been checked; `key` with its quotes. Use:
 *     struct span rest = scan_object_members(object), key, value;
 *     while (scan_next_member(&rest, &key, &value)) … */
struct span scan_object_members(struct span object);
bool scan_next_member(struct span *rest, struct span *key, struct span *value);

/* scan_next(), and scan_members() of the item, in one pass. */
bool scan_next_members(struct span *rest, struct span *item, const struct scan_keys *keys,
	struct scan_member *members);

#endif
