/* Tracks, their memory limit, and range rings. */
#include "common/map/range_ring.h"

#include "tests/unit/tap.h"

#include <math.h>
#include <stdio.h>

static struct track_table tracks;

/* Add an observation of a drone at `second`, at `north` hundredths of a degree. */
static void observe(const char *id, int second, int north)
{
	char line[200];
	struct observation o;

	snprintf(line, sizeof(line),
		"{\"type\":\"drone\",\"time\":\"2026-11-23T%02d:%02d:%02dZ\",\"kit_id\":\"k\","
		"\"drone_id\":\"%s\",\"lat\":%d.%02d,\"lon\":7,\"rssi\":%d}",
		second / 3600, second / 60 % 60, second % 60, id, north / 100, north % 100,
		-second % 100 - 1);
	if (observation_read(span_of(line), &o) != OBSERVED)
		ok(false, line);
	track_table_add(&tracks, &o);
}

static void sorts(void)
{
	track_table_init(&tracks, 1000);
	observe("b", 2, 2);
	observe("a", 9, 9);
	observe("b", 1, 1);
	observe("b", 3, 3);
	observe("b", 3, 3);
	track_table_finish(&tracks);
	is_number((double)tracks.count, 2, "one track per drone");
	is_text(tracks.tracks[0]->id, "a", "sorted by id");
	const struct track *b = tracks.tracks[1];
	is_number((double)b->placed_count, 3, "a repeated row is one point");
	ok(b->points[0].lat_e7 == 100000 && b->points[2].lat_e7 == 300000, "points sorted by time");
	track_table_release(&tracks);
}

static void limits_memory(void)
{
	track_table_init(&tracks, 1000);
	for (int second = 0; second < 10000; second++)
		observe("a", second, second % 9000);
	ok(tracks.used <= 1000 * sizeof(struct point), "memory is bounded");
	track_table_finish(&tracks);
	const struct track *track = tracks.tracks[0];
	ok(track->placed_count >= 250 && track->placed_count <= 1000, "and used");
	int64_t step = track->points[1].time - track->points[0].time;
	ok(step == (int64_t)tracks.stride * CLOCK_SECOND_US, "every stride-th point is kept");
	bool even = true;
	for (size_t i = 1; i + 1 < track->placed_count; i++)
		even &= track->points[i].time - track->points[i - 1].time == step;
	ok(even, "evenly spaced");
	is_number((double)track->points[track->placed_count - 1].lat_e7, 999 * 100000,
		"the last point is kept");
	track_table_release(&tracks);
}

static void limits_tracks(void)
{
	char id[32];

	track_table_init(&tracks, 1000);
	for (int i = 0; i < 5000; i++) {
		snprintf(id, sizeof(id), "d%d", i);
		observe(id, 1, 1);
	}
	ok(tracks.count > 10 && tracks.dropped == 5000 - tracks.count,
		"too many tracks: dropped records are counted");
	ok(tracks.used <= 1060 * sizeof(struct point), "memory is still bounded");
	uint64_t stride = tracks.stride;
	for (int second = 2; second < 100; second++)
		observe("d0", second, second);
	is_number(
		(double)tracks.dropped, (double)(5000 - tracks.count), "existing tracks continue");
	is_number((double)tracks.stride, (double)stride, "and are not thinned again");
	ok(tracks.used <= 1060 * sizeof(struct point), "and do not grow");
	track_table_finish(&tracks);
	is_number((double)tracks.tracks[0]->points[0].lat_e7, 99 * 100000,
		"the latest point is kept");
	track_table_release(&tracks);
}

/* Values of the maximum length, twice for each drone. */
static void limits_long_values(void)
{
	static char line[TRACK_FACT_MAX * 2];
	struct observation o;

	track_table_init(&tracks, 1000);
	for (int i = 0; i < 100; i++) {
		snprintf(line, sizeof(line),
			"{\"type\":\"drone\",\"time\":\"2026-11-23T10:00:%02dZ\",\"kit_id\":\"k\","
			"\"drone_id\":\"d%d\",\"description\":\"%0*d\"}",
			i % 60, i % 50, i < 50 ? 9 : TRACK_FACT_MAX - 2, i);
		if (observation_read(span_of(line), &o) != OBSERVED)
			ok(false, line);
		track_table_add(&tracks, &o);
	}
	ok(tracks.used <= 1000 * sizeof(struct point) + TRACK_FACT_MAX, "long values are bounded");
	ok(tracks.full && tracks.count < 50, "some tracks are dropped");
	track_table_release(&tracks);
}

static void legs(void)
{
	const struct point points[] = {{.time = 0}, {.time = 5}, {.time = 20}, {.time = 21}};

	is_number((double)track_leg_end(points, 0, 4, 10), 2, "a gap ends a leg");
	is_number((double)track_leg_end(points, 2, 4, 10), 4, "the last leg ends at the end");
	is_number((double)track_leg_end(points, 0, 4, 15), 4, "a gap equal to the limit does not");

	const struct point around[] = {{.lon_e7 = 1799999999}, {.lon_e7 = -1799999999},
		{.lon_e7 = -1799999000}, {.lon_e7 = -1}};
	is_number((double)track_leg_end(around, 0, 4, 10), 1, "the antimeridian ends a leg");
	is_number((double)track_leg_end(around, 1, 4, 10), 4, "180 degrees do not");
}

static void read_line(const char *line)
{
	struct observation o;

	if (observation_read(span_of(line), &o) != OBSERVED)
		ok(false, line);
	track_table_add(&tracks, &o);
}

static void rings(void)
{
	struct range_ring ring;
	size_t from = 0;

	track_table_init(&tracks, 1000);
	read_line("{\"type\":\"drone\",\"time\":\"2026-11-23T10:00:00Z\",\"kit_id\":\"k\","
		  "\"drone_id\":\"d\",\"rssi\":-90,\"freq_mhz\":2400}");
	read_line("{\"type\":\"drone\",\"time\":\"2026-11-23T10:00:05Z\",\"kit_id\":\"k\","
		  "\"drone_id\":\"d\",\"rssi\":-80,\"freq_mhz\":2400}");
	read_line("{\"type\":\"drone\",\"time\":\"2026-11-23T12:00:00Z\",\"kit_id\":\"k\","
		  "\"drone_id\":\"d\"}");
	read_line("{\"type\":\"system_health\",\"time\":\"2026-11-23T09:00:00Z\",\"kit_id\":\"k\","
		  "\"lat\":10,\"lon\":20}");
	read_line("{\"type\":\"system_health\",\"time\":\"2026-11-23T11:00:00Z\",\"kit_id\":\"k\","
		  "\"lat\":11,\"lon\":20}");
	track_table_finish(&tracks);
	const struct track *drone = tracks.tracks[0];
	ok(range_ring_next(&tracks, drone, 60 * CLOCK_SECOND_US, &from, &ring),
		"a drone without a position");
	is_number((double)ring.count, 2, "one ring per leg");
	is_number(ring.power_dbm, -80, "power of the strongest detection");
	ok(ring.has_center && ring.center.lat == 10, "around the kit at that time");
	ok(fabs(ring.range_m - 1000) < 5, "range from power and frequency");
	ok(range_ring_next(&tracks, drone, 60 * CLOCK_SECOND_US, &from, &ring), "another leg");
	ok(ring.center.lat == 11 && isnan(ring.power_dbm), "around the kit at the later time");
	ok(!range_ring_next(&tracks, drone, 60 * CLOCK_SECOND_US, &from, &ring), "no further ring");
	track_table_release(&tracks);
}

/* Impossible numbers are unknown. */
static void numbers(void)
{
	track_table_init(&tracks, 1000);
	read_line("{\"type\":\"drone\",\"time\":\"2026-11-23T10:00:00Z\",\"kit_id\":\"k\","
		  "\"drone_id\":\"d\",\"lat\":1,\"lon\":2,\"alt\":1e300,\"speed\":-1e300,"
		  "\"heading\":\"90\",\"rssi\":1e999}");
	const struct point *point = &tracks.tracks[0]->points[0];
	ok(isnan(point->alt_m) && isnan(point->speed_mps), "impossible numbers");
	ok(isnan(point->heading_deg) && isnan(point->power_dbm), "values that are not numbers");
	track_table_release(&tracks);
}

int main(void)
{
	numbers();
	sorts();
	limits_memory();
	limits_tracks();
	limits_long_values();
	legs();
	rings();
	return tap_done();
}
