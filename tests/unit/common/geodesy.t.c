/* Distances, destinations, radio ranges. */
#include "common/map/geodesy.h"
#include "common/map/radio_range.h"

#include "tests/unit/tap.h"

#include <math.h>

static bool near(double got, double wanted, double by)
{
	return fabs(got - wanted) <= by;
}

static void distances(void)
{
	const struct position equator = {0, 0}, pole = {90, 0}, boston = {42.36, -71.06};

	ok(geodesy_distance_m(boston, boston) == 0, "no distance from itself");
	ok(near(geodesy_distance_m(equator, pole), 10007557, 1), "a quarter of the earth");
	ok(near(geodesy_distance_m((struct position){0, 179.5}, (struct position){0, -179.5}),
		   111195, 1),
		"a degree across the antimeridian");
}

static void destinations(void)
{
	const struct position from = {42.36, -71.06};

	for (int bearing = 0; bearing < 360; bearing += 90) {
		struct position to = geodesy_destination(from, bearing, 5000);
		ok(near(geodesy_distance_m(from, to), 5000, 0.01),
			"the requested distance in each direction");
	}
	ok(geodesy_destination(from, 0, 1000).lat > from.lat, "0 is north");
	ok(geodesy_destination(from, 90, 1000).lon > from.lon, "90 is east");
	ok(near(geodesy_destination((struct position){0, 179.99}, 90, 5000).lon, -179.965, 0.001),
		"over the antimeridian");
	ok(near(geodesy_destination((struct position){89.99, 0}, 0, 5000).lat, 89.965, 0.001),
		"over the pole");
}

static void ranges(void)
{
	/* 32.4 + 20 log10(2400) + 20 log10(1) = 100.0 dB */
	ok(near(radio_range_m(20 - 100.0, 2400), 1000, 5), "1 km at 2.4 GHz is 100 dB");
	ok(radio_range_m(-20, 5800) == 50, "at least 50 m");
	ok(radio_range_m(-140, 900) == 10000, "at most 10 km");
	ok(radio_range_m((double)NAN, 2400) == 1000, "without power 1 km");
	ok(radio_range_m(-70, (double)NAN) == 1000, "without frequency 1 km");
	ok(radio_range_m(-70, 0) == 1000 && radio_range_m(-70, -5) == 1000,
		"invalid frequency: 1 km");
}

int main(void)
{
	distances();
	destinations();
	ranges();
	return tap_done();
}
