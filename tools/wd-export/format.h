/* What a format is, and what all of them are given. */
#ifndef WD_EXPORT_FORMAT_H
#define WD_EXPORT_FORMAT_H

#include "common/buffer.h"
#include "tools/wd-export/sky.h"

struct export
{
	const char *type;      /* csv: the type of the records that become rows */
	bool raw;              /* csv: for programs: plain names, no guard */
	const char *title;     /* kml, html */
	const char *tiles_url; /* html; NULL: no map but ours */
	const char *tiles_credit;
	int64_t gap_us;   /* a silence longer than this ends a leg of a track */
	int64_t stale_us; /* cot: how long an event is good for */

	struct buffer out;
	struct sky sky;
	uint64_t unread; /* lines that are no records */
	uint64_t hidden; /* detections for which there was no place on the map */
};

/* `begin` and `end` (optional) write what is around the records; `line` takes one line in, which
 * may be anything. What they write waits in `out`; each returns 0 or an exit status. */
struct format {
	const char *name, *purpose;
	int (*begin)(struct export *export);
	int (*line)(struct export *export, struct span line);
	int (*end)(struct export *export);
	size_t most_points; /* without --max-points */
};

extern const struct format format_geojson, format_kml, format_csv, format_cot, format_html;

/* Reads a line for a format that shows things as a whole: into the sky. */
int export_collect(struct export *export, struct span line);

/* Reads a line, and counts it if it is no record. */
bool export_read(struct export *export, struct span line, struct observation *observation);

/* Writes what waits to stdout once it is 64 KiB; all of it with `all`. */
int export_flush(struct export *export, bool all);

#endif
