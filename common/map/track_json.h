/* Tracks as the page reads them. */
#ifndef WD_MAP_TRACK_JSON_H
#define WD_MAP_TRACK_JSON_H

#include "common/base/buffer.h"
#include "common/map/track_table.h"

/* Append a finished track as a JSON object, with its points from index `from` on (those with a
 * position) and all of its rings. `table` gives the positions of the kits; `gap_us` ends a leg. */
void track_json(struct buffer *out, const struct track_table *table, const struct track *track,
	size_t from, int64_t gap_us);

#endif
