#include "tools/wd-store/rows/arena.h"

#include "common/log/log.h"

#include <stdlib.h>
#include <sysexits.h>

int arena_open(struct arena *arena, size_t size)
{
	*arena = (struct arena){.block = malloc(size), .size = size};
	return arena->block ? 0 : fail(EX_OSERR, "out of memory");
}

void arena_close(struct arena *arena)
{
	free(arena->block);
	*arena = (struct arena){0};
}
