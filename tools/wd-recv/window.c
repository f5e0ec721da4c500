#include "tools/wd-recv/window.h"

#include "common/base/xalloc.h"

#include <stdlib.h>
#include <string.h>

void recv_window_release(struct recv_window *window)
{
	free(window->batches);
	*window = (struct recv_window){0};
}

void recv_window_add(struct recv_window *window, uint64_t tag, size_t bytes, int64_t now_us)
{
	if (window->messages == 0)
		window->waiting_us = now_us;
	if (window->open.messages == 0)
		window->open_us = now_us;
	window->open.tag = tag;
	window->open.messages++;
	window->open_bytes += bytes;
	window->messages++;
}

bool recv_window_is_due(const struct recv_window *window, int64_t now_us)
{
	return window->open.messages >= BATCH_MESSAGES || window->open_bytes >= BATCH_BYTES ||
	       now_us >= recv_window_due_us(window);
}

int64_t recv_window_due_us(const struct recv_window *window)
{
	return window->open.messages > 0 ? window->open_us + BATCH_US : INT64_MAX;
}

uint64_t recv_window_end_batch(struct recv_window *window)
{
	if (window->batch_count == window->capacity) {
		window->capacity = window->capacity ? 2 * window->capacity : 16;
		window->batches =
			xrealloc(window->batches, window->capacity * sizeof(*window->batches));
	}
	window->open.mark = ++window->sent;
	window->batches[window->batch_count++] = window->open;
	window->open = (struct recv_batch){0};
	window->open_bytes = 0;
	return window->sent;
}

bool recv_window_ack(
	struct recv_window *window, uint64_t mark, int64_t now_us, uint64_t *tag, size_t *messages)
{
	size_t n = 0;

	*messages = 0;
	for (; n < window->batch_count && window->batches[n].mark <= mark && mark <= window->sent;
		n++) {
		*tag = window->batches[n].tag;
		*messages += window->batches[n].messages;
	}
	if (n == 0)
		return false;
	window->messages -= *messages;
	window->waiting_us = now_us;
	window->batch_count -= n;
	memmove(window->batches, window->batches + n,
		window->batch_count * sizeof(*window->batches));
	return true;
}
