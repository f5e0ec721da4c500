#include "tools/wd-drain/spool/window.h"

#include "common/log/log.h"

#include <stdlib.h>
#include <sysexits.h>

void window_init(struct window *window, size_t count_max, int64_t now_us)
{
	*window =
		(struct window){.count_max = count_max, .is_marked = true, .checkpoint_us = now_us};
}

void window_release(struct window *window)
{
	free(window->segments);
	*window = (struct window){0};
}

bool window_has_room(const struct window *window)
{
	return window->count < window->count_max && window->bytes < WINDOW_BYTES_MAX;
}

int window_add(struct window *window, const char *name, const struct segment_identity *identity)
{
	if (window->count == window->capacity) {
		size_t capacity = window->capacity ? 2 * window->capacity : 64;
		void *grown = realloc(window->segments, capacity * sizeof(*window->segments));
		if (!grown)
			return fail(EX_OSERR, "out of memory", {"segment", name});
		window->segments = grown;
		window->capacity = capacity;
	}
	struct window_segment *segment = &window->segments[window->count++];
	memcpy(segment->name, name, SEGMENT_NAME_SIZE);
	segment->identity = *identity;
	window->bytes += identity->size;
	window->unchecked_bytes += identity->size;
	window->unmarked_bytes += identity->size;
	window->is_marked = false;
	return 0;
}

bool window_mark_is_due(const struct window *window)
{
	return window->unmarked_bytes >= WINDOW_MARK_BYTES;
}

bool window_flush_is_due(const struct window *window)
{
	return !window->is_marked && window->acked == window->sent;
}

bool window_needs_checkpoint(const struct window *window)
{
	return window->checked < window->count;
}

static bool is_large(const struct window *window)
{
	size_t unchecked = window->count - window->checked;

	return unchecked >= WINDOW_CHECKPOINT_COUNT || 4 * unchecked >= window->count_max ||
	       4 * window->unchecked_bytes >= WINDOW_BYTES_MAX;
}

/* The last place is left to the checkpoint at the end. */
static bool has_place(const struct window *window)
{
	return window->checkpoint_count < WINDOW_CHECKPOINTS_MAX - 1;
}

bool window_checkpoint_is_due(const struct window *window, int64_t now_us)
{
	return window_needs_checkpoint(window) && has_place(window) &&
	       (is_large(window) || now_us >= window->checkpoint_us + WINDOW_CHECKPOINT_US);
}

int64_t window_checkpoint_due_us(const struct window *window)
{
	if (!window_needs_checkpoint(window) || !has_place(window))
		return INT64_MAX;
	return window->checkpoint_us + WINDOW_CHECKPOINT_US;
}

uint64_t window_next_mark(struct window *window, bool checkpoint, int64_t now_us)
{
	window->sent++;
	window->is_marked = true;
	window->unmarked_bytes = 0;
	if (checkpoint && window->checkpoint_count < WINDOW_CHECKPOINTS_MAX) {
		window->checkpoints[window->checkpoint_count++] =
			(struct window_checkpoint){window->sent, window->count};
		window->checked = window->count;
		window->unchecked_bytes = 0;
		window->checkpoint_us = now_us;
	}
	return window->sent;
}

bool window_ack(struct window *window, uint64_t mark)
{
	if (mark <= window->acked || mark > window->sent)
		return false;
	window->acked = mark;
	return true;
}

bool window_take_checkpoint(struct window *window, struct window_checkpoint *taken)
{
	size_t n = 0;

	while (n < window->checkpoint_count && window->checkpoints[n].mark <= window->acked)
		n++;
	if (n == 0)
		return false;
	*taken = window->checkpoints[n - 1];
	window->checkpoint_count -= n;
	memmove(window->checkpoints, window->checkpoints + n,
		window->checkpoint_count * sizeof(*window->checkpoints));
	return true;
}

void window_drop(struct window *window, size_t count)
{
	for (size_t i = 0; i < count; i++)
		window->bytes -= window->segments[i].identity.size;
	window->count -= count;
	window->checked -= count;
	if (window->count > 0)
		memmove(window->segments, window->segments + count,
			window->count * sizeof(*window->segments));
	for (size_t i = 0; i < window->checkpoint_count; i++)
		window->checkpoints[i].covered -= count;
}
