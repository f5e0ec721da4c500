/* Options and state that the formats share, and their output buffer. */
#ifndef WD_EXPORT_OUTPUT_H
#define WD_EXPORT_OUTPUT_H

#include "common/base/buffer.h"
#include "common/map/event_list.h"
#include "common/map/track_table.h"

struct export_output {
	const char *type;      /* csv: type of the exported records */
	bool raw;              /* csv: plain column names, values unchanged */
	const char *title;     /* kml, html */
	const char *tiles_url; /* html; NULL: no base map */
	const char *tiles_credit;
	const char *zones_file; /* html; NULL: no zones */
	int64_t gap_us;         /* a longer gap between points splits a track */
	int64_t stale_us;       /* cot: time until an event is stale */

	struct buffer text; /* pending output */
	struct track_table tracks;
	struct event_list events; /* html */
	uint64_t shown;           /* records exported */
	uint64_t ignored;         /* lines of other types */
	uint64_t not_normalized;  /* of these, replies with a body */
	uint64_t flights_ignored; /* of these, flights */
	uint64_t malformed;       /* lines that are not records */
	uint64_t unplaced;        /* detections without any position */
};

/* Read a line into the track table. Return 0. */
int export_collect(struct export_output *output, struct span line);

/* Count a line of another type. */
void export_ignore(struct export_output *output, struct span line);

/* Decode a line and count it. Return false if it is not to be exported. */
bool export_read(struct export_output *output, struct span line, struct observation *observation);

/* Write pending output to stdout if it is 64 KiB or more, or if `all`. Return 0 or an exit
 * status. */
int export_flush(struct export_output *output, bool all);

#endif
