/* Who is next: a binary heap of times. */
#ifndef WD_POLL_QUEUE_H
#define WD_POLL_QUEUE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Embedded in what waits; `owner` is for whoever reads it. */
struct queue_item {
	int64_t at_us;
	size_t phase;
	void *owner;
};

/* Zero-initialise. The items are not the queue's: it only points at them. */
struct queue {
	struct queue_item **items;
	size_t count, capacity;
};

void queue_release(struct queue *queue);

/* False without memory. */
bool queue_add(struct queue *queue, struct queue_item *item);
void queue_remove(struct queue *queue, struct queue_item *item);

/* Gives an item that is in the queue another time. */
void queue_move(struct queue *queue, struct queue_item *item, int64_t at_us);

/* The earliest, or NULL; it stays in the queue. */
struct queue_item *queue_first(const struct queue *queue);

#endif
