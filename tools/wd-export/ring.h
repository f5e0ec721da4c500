/* Detections that say how far, not where: a circle around the kit that heard them. */
#ifndef WD_EXPORT_RING
#define WD_EXPORT_RING

#include "tools/wd-export/sky.h"

/* One leg of such detections, as the strongest of them has it. */
struct ring {
	clock_us first, last;
	size_t count;
	double power_dbm; /* NAN where it is not known */
	bool placed;      /* false: nobody knows where the kit was */
	struct place center;
	double range_m; /* geo_range_m() */
};

/* Walks the rings of a finished track: of a signal every detection (its position is the sensor's),
 * of a drone those without a position, of aircraft and kits none. `from` begins at 0. */
bool ring_next(const struct sky *sky, const struct track *track, int64_t gap_us, size_t *from,
	struct ring *ring);

#endif
