/* The newest events of wd-watch, as JSON for the page. */
#ifndef WD_MAP_EVENT_LIST_H
#define WD_MAP_EVENT_LIST_H

#include "common/base/buffer.h"
#include "common/time/clock.h"

/* Older ones are dropped. */
#define EVENT_LIST_MAX 1000

struct listed_event {
	clock_us time;
	uint64_t key; /* a digest of what identifies it */
	char *json;   /* owned */
};

/* A ring; zero-initialise. */
struct event_list {
	struct listed_event *items; /* EVENT_LIST_MAX of them, once there is one */
	uint64_t added;             /* the number of all; the newest is at (added - 1) % MAX */
};

void event_list_release(struct event_list *list);

/* Add the event of a line (wd-record(5)). Return false if it is not an event, or one of the list
 * already: a replay repeats events. */
bool event_list_add(struct event_list *list, struct span line);

/* Append the events that were added after the first `since`, which are in the list and not before
 * `time`, as JSON objects separated by commas. */
void event_list_put(
	const struct event_list *list, uint64_t since, clock_us time, struct buffer *out);

#endif
