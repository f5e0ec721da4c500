/* Distances, offsets, ranges. */
#include "common/map/geo.h"

#include "tests/unit/tap.h"

#include <math.h>

static bool near(double got, double wanted, double by)
{
	return fabs(got - wanted) <= by;
}

static void distances(void)
{
	const struct geo_place equator = {0, 0}, pole = {90, 0}, boston = {42.36, -71.06};

	ok(geo_distance_m(boston, boston) == 0, "no distance from itself");
	ok(near(geo_distance_m(equator, pole), 10007557, 1), "a quarter of the earth");
	ok(near(geo_distance_m((struct geo_place){0, 179.5}, (struct geo_place){0, -179.5}), 111195,
		   1),
		"a degree across the antimeridian");
}

static void offsets(void)
{
	const struct geo_place from = {42.36, -71.06};

	for (int bearing = 0; bearing < 360; bearing += 90) {
		struct geo_place to = geo_offset(from, 5000, bearing);
		ok(near(geo_distance_m(from, to), 5000, 0.01),
			"the requested distance in each direction");
	}
	ok(geo_offset(from, 1000, 0).lat > from.lat, "0 is north");
	ok(geo_offset(from, 1000, 90).lon > from.lon, "90 is east");
	ok(near(geo_offset((struct geo_place){0, 179.99}, 5000, 90).lon, -179.965, 0.001),
		"over the antimeridian");
	ok(near(geo_offset((struct geo_place){89.99, 0}, 5000, 0).lat, 89.965, 0.001),
		"over the pole");
}

static void ranges(void)
{
	/* 32.4 + 20 log10(2400) + 20 log10(1) = 100.0 dB */
	ok(near(geo_range_m(20 - 100.0, 2400), 1000, 5), "1 km at 2.4 GHz is 100 dB");
	ok(geo_range_m(-20, 5800) == 50, "at least 50 m");
	ok(geo_range_m(-140, 900) == 10000, "at most 10 km");
	ok(geo_range_m((double)NAN, 2400) == 1000, "without power 1 km");
	ok(geo_range_m(-70, (double)NAN) == 1000, "without frequency 1 km");
	ok(geo_range_m(-70, 0) == 1000 && geo_range_m(-70, -5) == 1000, "invalid frequency: 1 km");
}

int main(void)
{
	distances();
	offsets();
	ranges();
	return tap_done();
}
