/* One attempt to connect to a broker: it waits for the network, so it runs in a thread. Internal to
 * common/queue. */
#ifndef WD_QUEUE_CONNECT_H
#define WD_QUEUE_CONNECT_H

#include "common/queue/settings.h"

#include <amqp.h>

/* The only channel of a connection. */
#define QUEUE_CHANNEL 1

/* Seconds; a peer that is silent for twice as long is gone. */
#define QUEUE_HEARTBEAT_S 10

struct queue_attempt {
	const struct queue_settings *settings;
	const struct queue_broker *broker;

	/* The result. */
	amqp_connection_state_t connection; /* NULL: it failed */
	int status;        /* EX_CONFIG: waiting does not help; EX_TEMPFAIL: it may */
	char reason[256];  /* what failed; text of the broker may be in it */
	const char *queue; /* the one at fault, or NULL */
	const char *hint;  /* or NULL */
};

/* Connect, log in, open the channel, and prepare the queues for the role. */
void queue_attempt_run(struct queue_attempt *attempt);

/* Close a connection and free it; wait at most 250 ms for the broker's answer. */
void queue_connection_close(amqp_connection_state_t connection);

/* Describe a failed call in `reason`. Return the broker's code (AMQP 0-9-1, 1.2), or 0. */
int queue_describe(amqp_rpc_reply_t reply, char *reason, size_t size);

#endif
