/* What the map shows: all tracks within a time and memory limit, as JSON for browsers. */
#ifndef WD_SERVE_LIVE_H
#define WD_SERVE_LIVE_H

#include "common/base/buffer.h"
#include "common/map/event_list.h"
#include "common/map/track_table.h"
#include "tools/wd-serve/coverage.h"

struct live {
	struct track_table table;
	struct event_list events;
	struct coverage coverage;
	uint64_t events_sent; /* of all that were added */
	bool full_sent;       /* whether browsers know that there is no room for more tracks */
	int64_t gap_us;
	clock_us keep_us; /* tracks and points are dropped when they are older than the newest */
	clock_us newest;
	uint64_t lines, ignored, malformed;
};

void live_release(struct live *live);

/* Read a line, which may be anything. */
void live_add(struct live *live, struct span line);

/* Drop what is too old. */
void live_expire(struct live *live);

/* Append server-sent events with everything: "state" (all tracks), "kits", "limits" (whether tracks
 * are missing) and "events". */
void live_put_state(struct live *live, struct buffer *out);

/* Append server-sent events with what changed since the last call, nothing if nothing did: "tracks"
 * with their new points, and "events". */
void live_put_changes(struct live *live, struct buffer *out);

/* The same for the coverage and the replies of kits: "kits", and for "limits". */
void live_put_kits(struct live *live, struct buffer *out);

#endif
