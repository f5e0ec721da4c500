/* The map as one HTML page: our script and style, and Leaflet, around records in JSON. */
#ifndef WD_MAP_MAP_PAGE_H
#define WD_MAP_MAP_PAGE_H

#include "common/base/buffer.h"

#include <stdint.h>

struct map_page {
	const char *title;
	const char *tiles_url; /* NULL: no base map */
	const char *tiles_credit;
	const char *zones_file; /* GeoJSON; NULL: no zones */
	int64_t gap_us;         /* a longer gap between points splits a track */
	bool is_live;           /* the page follows /events of its server */
	int64_t keep_us;        /* live: the page drops what is older than the newest by this */
	int64_t points_max;     /* live: the page thins its tracks at this number of points */
};

/* Append everything up to the first track. Return 0, EX_USAGE if `tiles_url` is not a template of
 * tiles, or a status of zones_file_read(). */
int map_page_begin(struct buffer *out, const struct map_page *page);

/* Append JSON, escaped so that it cannot end the script element: tracks separated by commas. */
void map_page_add(struct buffer *out, struct span json);

/* Append everything after the last track. `events` are JSON objects separated by commas, which
 * map_page_add() escapes. */
void map_page_end(struct buffer *out, struct span events);

#endif
