/* Tracks, and what memory they take. */
#include "tools/wd-export/ring.h"

#include "tests/unit/tap.h"

#include <math.h>
#include <stdio.h>

static struct sky sky;

/* A drone at `second`, so many hundredths of a degree north. */
static void see(const char *id, int second, int north)
{
	char line[200];
	struct observation o;

	snprintf(line, sizeof(line),
		"{\"type\":\"drone\",\"time\":\"2026-11-23T%02d:%02d:%02dZ\",\"kit_id\":\"k\","
		"\"drone_id\":\"%s\",\"lat\":%d.%02d,\"lon\":7,\"rssi\":%d}",
		second / 3600, second / 60 % 60, second % 60, id, north / 100, north % 100,
		-second % 100 - 1);
	if (observation_read(span_of(line), &o) != OBSERVED || sky_add(&sky, &o))
		ok(false, line);
}

static void keeps_order(void)
{
	sky_init(&sky, 1000);
	see("b", 2, 2);
	see("a", 9, 9);
	see("b", 1, 1);
	see("b", 3, 3);
	see("b", 3, 3);
	sky_finish(&sky);
	is_number((double)sky.count, 2, "a track a drone");
	is_text(sky.tracks[0]->id, "a", "in order");
	const struct track *b = sky.tracks[1];
	is_number((double)b->placed, 3, "the same row twice is one point");
	ok(b->points[0].lat_e7 == 100000 && b->points[2].lat_e7 == 300000, "points by time");
	sky_release(&sky);
}

static void stays_small(void)
{
	sky_init(&sky, 1000);
	for (int second = 0; second < 10000; second++)
		see("a", second, second % 9000);
	ok(sky.used <= 1000 * sizeof(struct point), "the memory is bounded");
	sky_finish(&sky);
	const struct track *track = sky.tracks[0];
	ok(track->placed >= 250 && track->placed <= 1000, "and used");
	int64_t step = track->points[1].time - track->points[0].time;
	ok(step == (int64_t)sky.stride * CLOCK_SECOND_US, "each so manieth point is kept");
	bool even = true;
	for (size_t i = 1; i + 1 < track->placed; i++)
		even &= track->points[i].time - track->points[i - 1].time == step;
	ok(even, "evenly over the whole time");
	is_number((double)track->points[track->placed - 1].lat_e7, 999 * 100000, "with the last");
	sky_release(&sky);
}

static void refuses_too_many(void)
{
	char id[32];

	sky_init(&sky, 1000);
	for (int i = 0; i < 5000; i++) {
		snprintf(id, sizeof(id), "d%d", i);
		see(id, 1, 1);
	}
	ok(sky.count > 10 && sky.turned_away == 5000 - sky.count,
		"too many things: the rest is counted");
	ok(sky.used <= 1060 * sizeof(struct point), "and memory is bounded even so");
	uint64_t stride = sky.stride;
	for (int second = 2; second < 100; second++)
		see("d0", second, second);
	is_number((double)sky.turned_away, (double)(5000 - sky.count), "known ones go on");
	is_number((double)sky.stride, (double)stride, "and are not thinned in vain");
	ok(sky.used <= 1060 * sizeof(struct point), "nor do they grow");
	sky_finish(&sky);
	is_number(
		(double)sky.tracks[0]->points[0].lat_e7, 99 * 100000, "their latest point counts");
	sky_release(&sky);
}

/* Names as long as they are kept, for each of some drones, twice. */
static void refuses_long_names(void)
{
	static char line[TRACK_FACT_MAX * 2];
	struct observation o;

	sky_init(&sky, 1000);
	for (int i = 0; i < 100; i++) {
		snprintf(line, sizeof(line),
			"{\"type\":\"drone\",\"time\":\"2026-11-23T10:00:%02dZ\",\"kit_id\":\"k\","
			"\"drone_id\":\"d%d\",\"description\":\"%0*d\"}",
			i % 60, i % 50, i < 50 ? 9 : TRACK_FACT_MAX - 2, i);
		if (observation_read(span_of(line), &o) != OBSERVED || sky_add(&sky, &o))
			ok(false, line);
	}
	ok(sky.used <= 1000 * sizeof(struct point) + TRACK_FACT_MAX, "long names take no more");
	ok(sky.full && sky.count < 50, "and some things are turned away");
	sky_release(&sky);
}

static void legs(void)
{
	const struct point points[] = {{.time = 0}, {.time = 5}, {.time = 20}, {.time = 21}};

	is_number((double)track_leg_end(points, 0, 4, 10), 2, "a gap ends a leg");
	is_number((double)track_leg_end(points, 2, 4, 10), 4, "the end ends the last");
	is_number((double)track_leg_end(points, 0, 4, 15), 4, "a gap of just the limit does not");

	const struct point around[] = {{.lon_e7 = 1799999999}, {.lon_e7 = -1799999999},
		{.lon_e7 = -1799999000}, {.lon_e7 = -1}};
	is_number((double)track_leg_end(around, 0, 4, 10), 1, "the date line ends a leg");
	is_number((double)track_leg_end(around, 1, 4, 10), 4, "half the earth does not");
}

static void read_line(const char *line)
{
	struct observation o;

	if (observation_read(span_of(line), &o) != OBSERVED || sky_add(&sky, &o))
		ok(false, line);
}

static void rings(void)
{
	struct ring ring;
	size_t from = 0;

	sky_init(&sky, 1000);
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
	sky_finish(&sky);
	const struct track *drone = sky.tracks[0];
	ok(ring_next(&sky, drone, 60 * CLOCK_SECOND_US, &from, &ring),
		"a drone without a position");
	is_number((double)ring.count, 2, "one ring a leg");
	is_number(ring.power_dbm, -80, "the strongest decides");
	ok(ring.placed && ring.center.lat == 10, "around where the kit was then");
	ok(fabs(ring.range_m - 1000) < 5, "as far as its power allows");
	ok(ring_next(&sky, drone, 60 * CLOCK_SECOND_US, &from, &ring), "another leg");
	ok(ring.center.lat == 11 && isnan(ring.power_dbm), "around where the kit is by then");
	ok(!ring_next(&sky, drone, 60 * CLOCK_SECOND_US, &from, &ring), "no more");
	sky_release(&sky);
}

/* What a float cannot hold, or nobody can be: not known. */
static void numbers(void)
{
	sky_init(&sky, 1000);
	read_line("{\"type\":\"drone\",\"time\":\"2026-11-23T10:00:00Z\",\"kit_id\":\"k\","
		  "\"drone_id\":\"d\",\"lat\":1,\"lon\":2,\"alt\":1e300,\"speed\":-1e300,"
		  "\"heading\":\"90\",\"rssi\":1e999}");
	const struct point *point = &sky.tracks[0]->points[0];
	ok(isnan(point->alt_m) && isnan(point->speed_mps), "numbers beyond any meaning");
	ok(isnan(point->heading_deg) && isnan(point->power_dbm), "what is no number");
	sky_release(&sky);
}

int main(void)
{
	numbers();
	keeps_order();
	stays_small();
	refuses_too_many();
	refuses_long_names();
	legs();
	rings();
	return tap_done();
}
