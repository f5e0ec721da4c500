#include "tools/wd-store/rows/batch.h"

#include "common/lines/lines.h"
#include "common/log/log.h"

#include <stdlib.h>
#include <sysexits.h>

const size_t batch_bytes_max = LINES_LINE_MAX;

int batch_open(struct batch *batch, size_t max)
{
	*batch = (struct batch){.max = max, .lines = calloc(max, sizeof(*batch->lines))};
	if (!batch->lines)
		return fail(EX_OSERR, "out of memory");
	return arena_open(&batch->bytes, batch_bytes_max);
}

void batch_close(struct batch *batch)
{
	free(batch->lines);
	arena_close(&batch->bytes);
	*batch = (struct batch){0};
}

bool batch_is_full(const struct batch *batch, size_t length)
{
	return batch->count >= batch->max || arena_left(&batch->bytes) < length;
}

const struct batch_line *batch_add(struct batch *batch, struct span line, const char *fault)
{
	char *copy = arena_take(&batch->bytes, line.length);

	memcpy(copy, line.data, line.length);
	batch->lines[batch->count] = (struct batch_line){{copy, line.length}, fault};
	return &batch->lines[batch->count++];
}
