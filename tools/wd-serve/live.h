/* What the map shows: all tracks within a time and memory limit, as JSON for browsers. */
#ifndef WD_SERVE_LIVE_H
#define WD_SERVE_LIVE_H

#include "common/buffer.h"
#include "common/map/track_table.h"

struct live {
	struct track_table table;
	int64_t gap_us;
	clock_us keep_us; /* tracks and points are dropped when they are older than the newest */
	clock_us newest;
	uint64_t lines, ignored, malformed;
};

/* Read a line, which may be anything. */
void live_add(struct live *live, struct span line);

/* Drop what is too old. */
void live_expire(struct live *live);

/* Append a server-sent event "state" with all tracks. */
void live_put_state(struct live *live, struct buffer *out);

/* Append a server-sent event "tracks" with those that changed since the last call, with their new
 * points; nothing if none changed. */
void live_put_changes(struct live *live, struct buffer *out);

#endif
