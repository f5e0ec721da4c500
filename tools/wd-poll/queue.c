/* Who is next: a binary heap of times. */
#include "tools/wd-poll/queue.h"

#include <stdlib.h>

void queue_release(struct queue *queue)
{
	free(queue->items);
	*queue = (struct queue){0};
}

static void put(struct queue *queue, size_t place, struct queue_item *item)
{
	queue->items[place] = item;
	item->place = place;
}

static void rise(struct queue *queue, struct queue_item *item)
{
	size_t place = item->place;

	while (place > 0) {
		struct queue_item *parent = queue->items[(place - 1) / 2];
		if (parent->at_us <= item->at_us)
			break;
		size_t up = parent->place;
		put(queue, place, parent);
		place = up;
	}
	put(queue, place, item);
}

static void sink(struct queue *queue, struct queue_item *item)
{
	size_t place = item->place;

	for (;;) {
		size_t child = 2 * place + 1;
		if (child >= queue->count)
			break;
		if (child + 1 < queue->count &&
			queue->items[child + 1]->at_us < queue->items[child]->at_us)
			child++;
		if (queue->items[child]->at_us >= item->at_us)
			break;
		put(queue, place, queue->items[child]);
		place = child;
	}
	put(queue, place, item);
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
	put(queue, item->place, last);
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
