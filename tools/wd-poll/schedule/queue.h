/* A priority queue of times: a binary heap. */
#ifndef WD_POLL_QUEUE_H
#define WD_POLL_QUEUE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Embedded in the thing that waits, to which `owner` points. */
struct queue_item {
	int64_t at_us;
	size_t index;
	void *owner;
};

/* Zero-initialise. The queue points at its items and does not own them. */
struct queue {
	struct queue_item **items;
	size_t count, capacity;
};

void queue_release(struct queue *queue);

/* Make room for `capacity` items. Return false if out of memory. */
bool queue_reserve(struct queue *queue, size_t capacity);

/* There must be room for the item. */
void queue_add(struct queue *queue, struct queue_item *item);
void queue_remove(struct queue *queue, struct queue_item *item);

/* Change the time of an item that is in the queue. */
void queue_move(struct queue *queue, struct queue_item *item, int64_t at_us);

/* Return the earliest item, which stays in the queue, or NULL. */
struct queue_item *queue_first(const struct queue *queue);

#endif
