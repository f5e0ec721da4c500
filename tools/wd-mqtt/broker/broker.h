/* The connection to the broker: libmosquitto(3) driven by the caller's poll(2) loop. */
#ifndef WD_MQTT_BROKER_H
#define WD_MQTT_BROKER_H

#include "common/base/span.h"
#include "tools/wd-mqtt/broker/link.h"
#include "tools/wd-mqtt/broker/topic.h"

#include <poll.h>
#include <pthread.h>

struct mosquitto;

struct broker_settings {
	const char *host;
	int port;
	const char *username, *password; /* NULL: none */
	bool uses_tls;
	const char *ca_file;                  /* NULL: the system's certificates */
	const char *client_cert, *client_key; /* NULL: none */
	const struct topics *topics;
};

/* Called from broker_run(). */
struct broker_events {
	void *self;
	void (*message)(void *self, const char *topic, struct span payload, bool is_retained);
	void (*connected)(void *self);
	void (*lost)(void *self, const char *reason); /* also when an attempt has failed */
	/* Whether no further message can be taken now. */
	bool (*is_full)(void *self);
};

struct broker {
	const struct broker_settings *settings;
	const struct broker_events *events;
	struct link link;
	struct mosquitto *client; /* NULL while waiting */
	char client_id[24];

	/* mosquitto_connect() resolves a name and waits for the network: a thread of its own does
	 * that, and writes to `connected_fd` when it is done. Nothing else uses `client` then. */
	pthread_t thread;
	bool thread_runs;
	int connected_fd;
	int connect_result, connect_errno;

	uint64_t messages; /* received so far */

	bool has_answered; /* CONNACK was received */
	bool has_failed;   /* set by callbacks, which must not destroy the client */
	enum link_failure failure;
	char reason[160];
	char logged_reason[160]; /* the latest failure that was logged; "" after a success */
};

/* Return 0, EX_CONFIG for certificates that cannot be used, or EX_OSERR. */
int broker_open(struct broker *broker, const struct broker_settings *settings,
	const struct broker_events *events);
/* Tell the broker that we leave, without waiting. */
void broker_close(struct broker *broker);

/* What to wait for, and until when (monotonic clock; INT64_MAX: for ever). */
struct pollfd broker_pollfd(const struct broker *broker);
int64_t broker_next_us(const struct broker *broker, int64_t now_us);

/* Connect, read, write and keep alive: whatever can be done without waiting. */
void broker_run(struct broker *broker);

#endif
