/* A priority queue of times: a binary heap. */
#include "tools/wd-poll/schedule/queue.h"

#include <stdlib.h>

void queue_release(struct queue *queue)
{
	free(queue->items);
	*queue = (struct queue){0};
}

bool queue_reserve(struct queue *queue, size_t capacity)
{
	if (capacity <= queue->capacity)
		return true;
	if (capacity < 2 * queue->capacity)
		capacity = 2 * queue->capacity;
	struct queue_item **items = realloc(queue->items, capacity * sizeof(struct queue_item *));
	if (!items)
		return false;
	queue->items = items;
	queue->capacity = capacity;
	return true;
}

static void put(struct queue *queue, size_t index, struct queue_item *item)
{
	queue->items[index] = item;
	item->index = index;
}

static void sift_up(struct queue *queue, struct queue_item *item)
{
	size_t index = item->index;

	while (index > 0) {
		size_t parent = (index - 1) / 2;
		if (queue->items[parent]->at_us <= item->at_us)
			break;
		put(queue, index, queue->items[parent]);
		index = parent;
	}
	put(queue, index, item);
}

static void sift_down(struct queue *queue, struct queue_item *item)
{
	size_t index = item->index;

	for (;;) {
		size_t child = 2 * index + 1;
		if (child >= queue->count)
			break;
		if (child + 1 < queue->count &&
			queue->items[child + 1]->at_us < queue->items[child]->at_us)
			child++;
		if (queue->items[child]->at_us >= item->at_us)
			break;
		put(queue, index, queue->items[child]);
		index = child;
	}
	put(queue, index, item);
}

void queue_add(struct queue *queue, struct queue_item *item)
{
	put(queue, queue->count++, item);
	sift_up(queue, item);
}

void queue_remove(struct queue *queue, struct queue_item *item)
{
	struct queue_item *last = queue->items[--queue->count];

	if (last == item)
		return;
	put(queue, item->index, last);
	queue_move(queue, last, last->at_us);
}

void queue_move(struct queue *queue, struct queue_item *item, int64_t at_us)
{
	item->at_us = at_us;
	sift_up(queue, item);
	sift_down(queue, item);
}

struct queue_item *queue_first(const struct queue *queue)
{
	return queue->count ? queue->items[0] : NULL;
}
