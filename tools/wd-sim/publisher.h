/* The simulated kits over MQTT: what DragonSync publishes, with its topics, intervals and retained
 * messages. All messages have QoS 0. Each kit has a connection of its own, because the last will
 * belongs to the connection. */
#ifndef WD_SIM_PUBLISHER_H
#define WD_SIM_PUBLISHER_H

#include "tools/wd-sim/world.h"

#include <poll.h>

struct publisher;

/* Start to connect all kits to `url`, mqtt://HOST[:PORT] (default port 1883). `clock_skew` is the
 * offset of the kits' clocks. Connections are retried after 2 to 30 s, as DragonSync does. Return
 * 0, EX_USAGE (not such a URL) or EX_OSERR. */
int publisher_open(struct publisher **publisher, const char *url, const struct world *world,
	clock_us clock_skew);

/* Mark all kits as offline, disconnect, and log the number of messages. */
void publisher_close(struct publisher *publisher);

/* Describe what to wait for: one entry per kit, at least `world->kits` entries. */
void publisher_prepare_poll(struct publisher *publisher, struct pollfd *pollfds);

/* Read and write what is ready, publish what is due, and reconnect. */
void publisher_handle_events(struct publisher *publisher, const struct pollfd *pollfds);

/* Return the time until the next call of publisher_handle_events() in milliseconds. */
int publisher_timeout_ms(const struct publisher *publisher);

#endif
