/* The lines that are stored together. */
#ifndef WD_STORE_BATCH_H
#define WD_STORE_BATCH_H

#include "tools/wd-store/arena.h"

#include <stdint.h>

/* A line as it came. `fault` says why it cannot be stored, where that is known already. */
struct line {
	struct span text;
	const char *fault;
};

struct batch {
	struct arena bytes;
	struct line *lines;
	size_t count, max;
};

enum {
	BATCH_LINES_MAX = 50000, /* lines */
};

/* Room for `max` lines (1 .. BATCH_LINES_MAX). Returns 0 or EX_OSERR. */
int batch_open(struct batch *batch, size_t max);
void batch_close(struct batch *batch);

/* Whether a line of `length` bytes must wait for the next batch. An empty batch takes any line that
 * the line loop hands over. */
bool batch_is_full(const struct batch *batch, size_t length);

/* Copies a line, for which there must be room, and returns the copy. `fault` (a static text) or
 * NULL. */
const struct line *batch_add(struct batch *batch, struct span line, const char *fault);

/* The most bytes that all lines of a batch have together. */
extern const size_t batch_bytes_max;

static inline void batch_clear(struct batch *batch)
{
	batch->count = 0;
	arena_clear(&batch->bytes);
}

#endif
