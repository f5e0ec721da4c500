/* The connection to one of several brokers: kept up, and read without waiting.
 *
 * The caller's loop waits for queue_link_fd() (POLLIN) until queue_link_next_us(), then calls
 * queue_link_run(), and queue_link_next() until there is no event: the library may hold some that
 * poll(2) does not know of. */
#ifndef WD_QUEUE_LINK_H
#define WD_QUEUE_LINK_H

#include "common/base/buffer.h"
#include "common/queue/settings.h"

#include <pthread.h>

enum queue_event_kind {
	QUEUE_DELIVERED, /* `tag`, `body`: a message */
	QUEUE_CONFIRMED, /* `tag`, `multiple`: the broker is responsible for what was published */
	QUEUE_REFUSED,   /* the same, but it could not store that */
	QUEUE_RETURNED,  /* `reason`: a message could not be routed to a queue */
	QUEUE_LOST,      /* the connection ended; the link makes another one by itself */
};

/* The texts live until the next call. */
struct queue_event {
	enum queue_event_kind kind;
	uint64_t tag;
	bool multiple; /* everything up to `tag` */
	struct span body;
	struct span id; /* QUEUE_DELIVERED: the message-id; empty without one */
	const char *reason;
};

struct queue_attempt;
struct amqp_connection_state_t_;

struct queue_link {
	const struct queue_settings *settings;
	struct amqp_connection_state_t_ *connection; /* NULL: down */
	bool is_lost;    /* the connection has failed: the next event is QUEUE_LOST */
	bool is_blocked; /* the broker has no room: nothing may be published */

	struct queue_attempt *attempt; /* in the thread; NULL: none */
	pthread_t thread;
	int connected_fd;    /* readable when the attempt is done */
	size_t next_broker;  /* to be tried */
	unsigned failures;   /* in a row */
	int64_t retry_us;    /* when to try again; monotonic clock */
	int64_t up_since_us; /* of the connection */
	char reason[256];    /* the latest failure that was logged, or why it was lost */

	/* A message of which parts have arrived. */
	bool is_receiving, is_returned;
	uint64_t tag, body_size;
	struct buffer body;
	char id[256];
	size_t id_length;
};

/* Open a link that is down; `settings` must outlive it. Returns 0 or EX_OSERR. */
int queue_link_open(struct queue_link *link, const struct queue_settings *settings);
/* Leave; wait at most 250 ms for the broker's answer. Return false if an attempt to connect still
 * waits for the network: its thread uses the link, the settings and OpenSSL, so that the process has
 * to end with _exit(), before any of them is released. */
bool queue_link_close(struct queue_link *link);

/* Connect again at once, unless attempts have failed: the messages that were not acknowledged go to
 * other receivers. */
void queue_link_reset(struct queue_link *link);

/* Drop a connection on which the broker refuses messages, and schedule the next attempt with
 * backoff, as after a failed attempt. Return the wait in seconds. */
double queue_link_back_off(struct queue_link *link);

/* Begin and finish attempts to connect. Returns 0, or EX_CONFIG (logged) where waiting does not
 * help: a queue is missing, the broker refuses the account. */
int queue_link_run(struct queue_link *link, int64_t now_us);

static inline bool queue_link_is_up(const struct queue_link *link)
{
	return link->connection != NULL;
}

/* -1: nothing to wait for. */
int queue_link_fd(const struct queue_link *link);
int64_t queue_link_next_us(const struct queue_link *link, int64_t now_us);

/* Read the next event without waiting, and serve heartbeats. Return false if there is none. */
bool queue_link_next(struct queue_link *link, struct queue_event *event);

/* Publish a persistent message, which must be routed to a queue, while the link is up. Wait until
 * the socket has taken it. If that fails, the next event is QUEUE_LOST. */
void queue_link_publish(
	struct queue_link *link, const char *queue, struct span body, const char *id);

/* Acknowledge the message `tag`; `multiple`: and all before it. */
void queue_link_acknowledge(struct queue_link *link, uint64_t tag, bool multiple);

#endif
