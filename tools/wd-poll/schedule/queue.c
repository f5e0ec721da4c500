/* Who is next: a binary heap of times. */
#include "tools/wd-poll/schedule/queue.h"

#include <stdlib.h>

void queue_release(struct queue *queue)
{
	free(queue->items);
	*queue = (struct queue){0};
}

static void put(struct queue *queue, size_t phase, struct queue_item *item)
{
	queue->items[phase] = item;
	item->phase = phase;
}

static void rise(struct queue *queue, struct queue_item *item)
{
	size_t phase = item->phase;

	while (phase > 0) {
		struct queue_item *parent = queue->items[(phase - 1) / 2];
		if (parent->at_us <= item->at_us)
			break;
		size_t up = parent->phase;
		put(queue, phase, parent);
		phase = up;
	}
	put(queue, phase, item);
}

static void sink(struct queue *queue, struct queue_item *item)
{
	size_t phase = item->phase;

	for (;;) {
		size_t child = 2 * phase + 1;
		if (child >= queue->count)
			break;
		if (child + 1 < queue->count &&
			queue->items[child + 1]->at_us < queue->items[child]->at_us)
			child++;
		if (queue->items[child]->at_us >= item->at_us)
			break;
		put(queue, phase, queue->items[child]);
		phase = child;
	}
	put(queue, phase, item);
}

bool queue_add(struct queue *queue, struct queue_item *item)
{
	if (queue->count == queue->capacity) {
		size_t capacity = queue->capacity ? queue->capacity * 2 : 16;
		struct queue_item **items =
			realloc(queue->items, capacity * sizeof(struct queue_item *));
		if (!items)
			return false;
		queue->items = items;
		queue->capacity = capacity;
	}
	put(queue, queue->count++, item);
	rise(queue, item);
	return true;
}

void queue_remove(struct queue *queue, struct queue_item *item)
{
	struct queue_item *last = queue->items[--queue->count];

	if (last == item)
		return;
	put(queue, item->phase, last);
	queue_move(queue, last, last->at_us);
}

void queue_move(struct queue *queue, struct queue_item *item, int64_t at_us)
{
	item->at_us = at_us;
	rise(queue, item);
	sink(queue, item);
}

struct queue_item *queue_first(const struct queue *queue)
{
	return queue->count ? queue->items[0] : NULL;
}
