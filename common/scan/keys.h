/* The keys that a reader knows; part of common/scan/scan.h. */
#ifndef WD_SCAN_KEYS_H
#define WD_SCAN_KEYS_H

#include "common/base/span.h"

#include <stdint.h>

/* Each key is known by its index in `names`. */
#define SCAN_KEYS_MAX 120

/* A key with its quotes, and a mask of the bytes that count, so that comparing is a matter of a few
 * words. Longer keys are never expected. */
enum {
	SCAN_KEY_WORDS = 3,
	SCAN_KEY_BYTES = SCAN_KEY_WORDS * sizeof(uint64_t),
};

struct scan_quoted_key {
	uint64_t text[SCAN_KEY_WORDS], mask[SCAN_KEY_WORDS];
};

struct scan_keys {
	const char *const *names;
	size_t count;
	uint8_t lengths[SCAN_KEYS_MAX];
	uint8_t slots[256]; /* open addressing; index + 1, 0 is free */
	struct scan_quoted_key quoted[SCAN_KEYS_MAX];
	uint8_t next[SCAN_KEYS_MAX + 1]; /* the key that came after this one the last time */
};

/* `names` (at most SCAN_KEYS_MAX, all different, none empty, plain ASCII that needs no escape) must
 * outlive `keys`. */
void scan_keys_init(struct scan_keys *keys, const char *const *names, size_t count);

/* Return the index of a key in checked text, with its quotes and escapes, or -1. */
int scan_keys_find(const struct scan_keys *keys, struct span quoted);

static inline uint64_t scan_key_differs(const struct scan_quoted_key *key, const char *at, size_t i)
{
	uint64_t text;

	memcpy(&text, at + i * sizeof(text), sizeof(text));
	return (text ^ key->text[i]) & key->mask[i];
}

/* Programs write the members of objects in the same order each time. Return whether the text at
 * `at` begins with the key that followed the key `previous` (-1: the first of its object) the last
 * time. `*index` is that key. */
static inline bool scan_keys_expected(
	const struct scan_keys *keys, int previous, const char *at, const char *end, int *index)
{
	*index = keys->next[previous + 1];
	const struct scan_quoted_key *key = &keys->quoted[*index];

	return end - at >= SCAN_KEY_BYTES &&
	       (scan_key_differs(key, at, 0) | scan_key_differs(key, at, 1) |
		       scan_key_differs(key, at, 2)) == 0;
}

/* Note that the key `index` followed the key `previous`. */
static inline void scan_keys_note(struct scan_keys *keys, int previous, int index)
{
	keys->next[previous + 1] = (uint8_t)index;
}

#endif
