/* What all formats are given, and where they write. */
#ifndef WD_EXPORT_OUTPUT
#define WD_EXPORT_OUTPUT

#include "common/buffer.h"
#include "tools/wd-export/sky.h"

struct output {
	const char *type;      /* csv: the type of the records that become rows */
	bool raw;              /* csv: for programs: plain names, no guard */
	const char *title;     /* kml, html */
	const char *tiles_url; /* html; NULL: no map but ours */
	const char *tiles_credit;
	int64_t gap_us;   /* a silence longer than this ends a leg of a track */
	int64_t stale_us; /* cot: how long an event is good for */

	struct buffer text; /* what waits to be written */
	struct sky sky;
	uint64_t shown;  /* records that were of use */
	uint64_t others; /* records of types that were not */
	uint64_t unread; /* lines that are no records */
	uint64_t hidden; /* detections for which there was no place on the map */
};

/* Reads a line for a format that shows things as a whole: into the sky. Returns 0 or EX_OSERR. */
int output_collect(struct output *output, struct span line);

/* Reads a line, and counts it if it is no record. */
bool output_read(struct output *output, struct span line, struct observation *observation);

/* Writes what waits to stdout once it is 64 KiB; all of it with `all`. Returns 0 or an exit status.
 */
int output_flush(struct output *output, bool all);

#endif
