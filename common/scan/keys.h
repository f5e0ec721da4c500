/* The keys that a reader knows; part of common/scan/scan.h. */
#ifndef WD_SCAN_KEYS_H
#define WD_SCAN_KEYS_H

#include "common/span.h"

#include <stdint.h>

/* Each key is known by its index in `names`. */
#define SCAN_KEYS_MAX 120

struct scan_keys {
	const char *const *names;
	size_t count;
	uint8_t lengths[SCAN_KEYS_MAX];
	uint8_t slots[256]; /* open addressing; index + 1, 0 is free */
};

/* `names` (at most SCAN_KEYS_MAX, all different, none empty, plain ASCII that needs no escape) must
 * outlive `keys`. */
void scan_keys_init(struct scan_keys *keys, const char *const *names, size_t count);

/* Return the index of a key in checked text, with its quotes and escapes, or -1. */
int scan_keys_find(const struct scan_keys *keys, struct span quoted);

#endif
