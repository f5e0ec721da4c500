/* The lines that are stored in one transaction. */
#ifndef WD_STORE_BATCH_H
#define WD_STORE_BATCH_H

#include "tools/wd-store/rows/arena.h"

#include <stdint.h>

/* An input line. `fault` is the reason why it cannot be stored, if known already, or NULL. */
struct batch_line {
	struct span text;
	const char *fault;
};

struct batch {
	struct arena bytes;
	struct batch_line *lines;
	size_t count, max;
};

enum {
	BATCH_LINES_MAX = 50000, /* lines */
};

/* Allocate for `max` lines (1 .. BATCH_LINES_MAX). Return 0 or EX_OSERR. */
int batch_open(struct batch *batch, size_t max);
void batch_close(struct batch *batch);

/* Whether a line of `length` bytes must go into the next batch. An empty batch has room for any
 * line of the line loop. */
bool batch_is_full(const struct batch *batch, size_t length);

/* Copy a line, for which there must be room, and return the copy. `fault`: a static text or
 * NULL. */
const struct batch_line *batch_add(struct batch *batch, struct span line, const char *fault);

/* The maximum of the bytes of all lines of a batch. */
extern const size_t batch_bytes_max;

static inline void batch_clear(struct batch *batch)
{
	batch->count = 0;
	arena_clear(&batch->bytes);
}

#endif
