/* The connection to the broker as a state machine: when to connect, with which version of MQTT, and
 * how long to wait after a failure. Pure: times are microseconds of the monotonic clock. */
#ifndef WD_MQTT_LINK_H
#define WD_MQTT_LINK_H

#include <stdbool.h>
#include <stdint.h>

/* How long the broker may take to accept the connection and the subscription. */
#define LINK_DEADLINE_US INT64_C(15000000)

/* The waits between attempts: 1, 2, 4, 8, 30, 30 … s. */
#define LINK_WAIT_MIN_S 1
#define LINK_WAIT_MAX_S 30

enum link_state {
	LINK_WAITING,    /* until `at_us` */
	LINK_CONNECTING, /* until subscribed, `at_us` at the latest */
	LINK_UP,         /* subscribed */
};

enum link_failure {
	LINK_FAILED,          /* anything that has no code of its own */
	LINK_CLOSED_EARLY,    /* closed by the broker before it answered CONNECT */
	LINK_VERSION_REFUSED, /* CONNACK: unsupported protocol version */
};

struct link {
	enum link_state state;
	int64_t at_us;
	unsigned failures;    /* attempts that failed since the link was up last */
	bool uses_v3;         /* MQTT 3.1.1 in place of 5 */
	bool version_settled; /* the link has been up with this version */
};

/* Connect at once, with MQTT 5. */
void link_init(struct link *link, int64_t now_us);

/* Whether to connect now. */
bool link_wants_connection(const struct link *link, int64_t now_us);

/* Whether an attempt takes too long; the caller aborts it and calls link_failed(). */
bool link_is_overdue(const struct link *link, int64_t now_us);

void link_connecting(struct link *link, int64_t now_us);
void link_up(struct link *link);

/* The attempt has failed, or the connection is lost. A broker that refuses MQTT 5 is asked again at
 * once with 3.1.1. A broker that closes the connection in place of an answer may be of either kind:
 * the versions alternate until the link has been up. */
void link_failed(struct link *link, enum link_failure failure, int64_t now_us);

/* When link_wants_connection() or link_is_overdue() changes by itself; INT64_MAX: never. */
int64_t link_next_us(const struct link *link);

#endif
