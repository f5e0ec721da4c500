/* Detections with a range but no position: a circle around the kit that received them. */
#ifndef WD_MAP_RANGE_RING_H
#define WD_MAP_RANGE_RING_H

#include "common/map/track_table.h"

/* One leg of such detections; power, range and center are those of the strongest. */
struct range_ring {
	clock_us first, last;
	size_t count;
	double power_dbm; /* NAN if unknown */
	bool has_center;  /* false: the position of the kit is unknown */
	struct position center;
	double range_m; /* radio_range_m() */
};

/* Iterate over the rings of a finished track; start with `*from` = 0. Every detection of a signal
 * has a ring (its position is the sensor's), of a drone those without a position; aircraft and
 * kits have none. Return false at the end. */
bool range_ring_next(const struct track_table *table, const struct track *track, int64_t gap_us,
	size_t *from, struct range_ring *ring);

#endif
