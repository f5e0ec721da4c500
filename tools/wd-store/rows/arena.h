/* A block of fixed size, from which pieces are taken, and which is cleared as a whole. */
#ifndef WD_STORE_ARENA_H
#define WD_STORE_ARENA_H

#include "common/base/span.h"

/* Pages that were never used take no physical memory. */
struct arena {
	char *block;
	size_t used, size;
};

/* Return 0 or EX_OSERR. */
int arena_open(struct arena *arena, size_t size);
void arena_close(struct arena *arena);

static inline size_t arena_left(const struct arena *arena)
{
	return arena->size - arena->used;
}

/* Return `length` unaligned bytes, or NULL if they do not fit. */
static inline char *arena_take(struct arena *arena, size_t length)
{
	if (arena_left(arena) < length)
		return NULL;
	char *at = arena->block + arena->used;
	arena->used += length;
	return at;
}

static inline void arena_clear(struct arena *arena)
{
	arena->used = 0;
}

#endif
