/* The queue of events: a spool that wd-notify reads. */
#ifndef WD_TEE_QUEUE_H
#define WD_TEE_QUEUE_H

#include "common/log/log_limit.h"
#include "common/spool/spool.h"

/* Events that wd-notify has not fetched; more of them are not queued. */
#define QUEUE_BYTES_MAX ((int64_t)16 << 20)

struct event_queue {
	const char *path; /* of the folder, not owned; NULL: events are not queued */
	struct spool spool;
	uint64_t dropped; /* events since this was logged */
	struct log_limit limit;
};

/* Open the queue in the folder `path` as `writer`, or none if `path` is NULL. Return as
 * spool_open(). */
int queue_open(struct event_queue *queue, const char *path, const char *writer);

/* Return 0, or EX_IOERR if an event could not be made durable. */
int queue_close(struct event_queue *queue);

/* Add an event, given without its newline. If there is no room it is dropped and counted: storing
 * must not wait for deliveries. Return as spool_add(). */
int queue_add(struct event_queue *queue, struct span line);

/* Make the events that were added durable. Return as spool_add(). */
int queue_seal(struct event_queue *queue);

#endif
