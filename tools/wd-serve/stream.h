/* The browsers that follow the map by server-sent events
 * (https://html.spec.whatwg.org/multipage/server-sent-events.html). */
#ifndef WD_SERVE_STREAM_H
#define WD_SERVE_STREAM_H

#include "common/base/buffer.h"

#include <microhttpd.h>

/* Queued bytes per browser, besides its state. While the state is being sent, changes may take as
 * much again: a browser that loads a large state reads no changes. A slower one is disconnected; it
 * reconnects by itself and gets the current state. */
#define STREAM_QUEUE_MAX ((size_t)1 << 20)

struct streams {
	struct event_stream *first;
	size_t count;
	uint64_t dropped; /* browsers that were too slow */
};

/* Start a stream that begins with `state`, which is consumed. Return its response, or NULL if out of
 * memory. */
struct MHD_Response *stream_open(
	struct streams *streams, struct MHD_Connection *connection, struct buffer state);

/* Queue an event for all browsers. */
void streams_send(struct streams *streams, struct span event);

/* End all streams; required before the daemon stops. */
void streams_close(struct streams *streams);

#endif
