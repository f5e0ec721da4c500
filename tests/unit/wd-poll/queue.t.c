/* The order of a priority queue. */
#include "tools/wd-poll/schedule/queue.h"
#include "tests/unit/tap.h"

enum {
	ITEMS = 500
};

static uint32_t seed = 1;

static int64_t random_time(void)
{
	seed = seed * 1664525 + 1013904223;
	return seed >> 8;
}

int main(void)
{
	static struct queue_item items[ITEMS];
	struct queue queue = {0};
	bool sorted = true;
	int64_t last = -1;
	size_t taken = 0;

	ok(queue_first(&queue) == NULL, "an empty queue has no first item");
	ok(queue_reserve(&queue, ITEMS), "room is reserved");
	for (int i = 0; i < ITEMS; i++) {
		items[i].at_us = random_time();
		queue_add(&queue, &items[i]);
	}
	for (int i = 0; i < 5000; i++)
		queue_move(&queue, &items[random_time() % ITEMS], random_time());
	for (int i = 0; i < ITEMS; i += 3)
		queue_remove(&queue, &items[i]);
	for (struct queue_item *item; (item = queue_first(&queue)) != NULL; taken++) {
		sorted = sorted && item->at_us >= last && (item - items) % 3 != 0;
		last = item->at_us;
		queue_remove(&queue, item);
	}
	ok(sorted, "items are returned in the order of their times, without those removed");
	is_number((double)taken, ITEMS - (ITEMS + 2) / 3, "all of them");
	queue_release(&queue);
	return tap_done();
}
