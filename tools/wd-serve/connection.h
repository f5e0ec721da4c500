/* How long connections may take, so that slow ones cannot occupy all that are allowed. */
#ifndef WD_SERVE_CONNECTION_H
#define WD_SERVE_CONNECTION_H

#include "common/time/clock.h"

#include <microhttpd.h>

/* From the connection, or the last reply, to the end of the headers; from there to the end of the
 * reply, unless it is a stream. */
#define CONNECTION_HEADERS_MAX (10 * CLOCK_SECOND_US)
#define CONNECTION_REPLY_MAX   (60 * CLOCK_SECOND_US)

/* Zero-initialise. */
struct connections {
	struct serve_connection *first;
	uint64_t expired;
};

/* Callback of the daemon; `self` is the struct connections. */
void connection_notify(void *self, struct MHD_Connection *connection, void **context,
	enum MHD_ConnectionNotificationCode code);

/* The connection has got its headers, is a stream from now on, or has sent its reply. */
void connection_begin_reply(struct MHD_Connection *connection);
void connection_begin_stream(struct MHD_Connection *connection);
void connection_end_reply(struct MHD_Connection *connection);

/* Shut down those that took too long. */
void connections_expire(struct connections *connections, clock_us now);

#endif
