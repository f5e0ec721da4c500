#include "common/map/range_ring.h"

#include "common/map/radio_range.h"

#include <math.h>

static size_t first_of(const struct track *track)
{
	switch (track->kind) {
	case KIND_SIGNAL:
		return 0;
	case KIND_DRONE:
	case KIND_ENCRYPTED:
		return track->placed_count;
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

bool range_ring_next(const struct track_table *table, const struct track *track, int64_t gap_us,
	size_t *from, struct range_ring *ring)
{
	const struct point *points = track->points;
	double freq_mhz;

	if (*from < first_of(track))
		*from = first_of(track);
	if (*from >= track->count)
		return false;
	/* Points without a position follow those with one: a leg never has both. */
	size_t border = *from < track->placed_count ? track->placed_count : track->count;
	size_t end = track_leg_end(points, *from, border, gap_us);
	const struct point *best = strongest(points + *from, end - *from);
	*ring = (struct range_ring){
		.first = points[*from].time,
		.last = points[end - 1].time,
		.count = end - *from,
		.power_dbm = best->power_dbm,
		.has_center = point_placed(best),
	};
	if (ring->has_center)
		ring->center = point_place(best);
	else
		ring->has_center =
			track_table_kit_place(table, track->kit_id, best->time, &ring->center);
	if (!scan_number(track_fact(track, FIELD_FREQ_MHZ), &freq_mhz))
		freq_mhz = NAN;
	ring->range_m = radio_range_m(best->power_dbm, freq_mhz);
	*from = end;
	return true;
}
