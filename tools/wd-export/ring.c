/* Detections that say how far, not where. */
#include "tools/wd-export/ring.h"

#include "tools/wd-export/geo.h"

#include <math.h>

static size_t first_of(const struct track *track)
{
	switch (track->kind) {
	case KIND_SIGNAL:
		return 0;
	case KIND_DRONE:
		return track->placed;
	default:
		return track->count;
	}
}

static const struct point *strongest(const struct point *points, size_t count)
{
	const struct point *best = points;

	for (size_t i = 1; i < count; i++) {
		if (isnan(best->power_dbm) || points[i].power_dbm > best->power_dbm)
			best = &points[i];
	}
	return best;
}

bool ring_next(const struct sky *sky, const struct track *track, int64_t gap_us, size_t *from,
	struct ring *ring)
{
	const struct point *points = track->points;
	double freq_mhz;

	if (*from < first_of(track))
		*from = first_of(track);
	if (*from >= track->count)
		return false;
	/* A leg does not reach over the end of the points with a position. */
	size_t border = *from < track->placed ? track->placed : track->count;
	size_t end = track_leg_end(points, *from, border, gap_us);
	const struct point *best = strongest(points + *from, end - *from);
	*ring = (struct ring){
		.first = points[*from].time,
		.last = points[end - 1].time,
		.count = end - *from,
		.power_dbm = best->power_dbm,
		.placed = point_placed(best),
	};
	if (ring->placed)
		ring->center = point_place(best);
	else
		ring->placed = sky_kit_place(sky, track->kit_id, best->time, &ring->center);
	if (!scan_number(track_fact(track, FIELD_FREQ_MHZ), &freq_mhz))
		freq_mhz = NAN;
	ring->range_m = geo_range_m(best->power_dbm, freq_mhz);
	*from = end;
	return true;
}
