/* Memory of one size, taken piece by piece and given back all at once. */
#ifndef WD_STORE_ARENA_H
#define WD_STORE_ARENA_H

#include "common/span.h"

/* What was never used was never touched, and so costs no memory. */
struct arena {
	char *block;
	size_t used, size;
};

/* Returns 0 or EX_OSERR. */
int arena_open(struct arena *arena, size_t size);
void arena_close(struct arena *arena);

static inline size_t arena_left(const struct arena *arena)
{
	return arena->size - arena->used;
}

/* `length` bytes without alignment, or NULL where they do not fit. */
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
