/* The simulated traffic: reproducible, plausible, one observation per second. */
#include "tools/wd-sim/world.h"

#include "tests/unit/tap.h"

#include <math.h>
#include <stdlib.h>

#define NOW (INT64_C(1795456769) * CLOCK_SECOND_US)

static const struct world world = {
	.seed = 7, .kits = 3, .drones = 24, .aircraft = 16, .signals = 6};

static double distance_m(const struct sample *a, const struct sample *b)
{
	double north = (a->lat - b->lat) * 111320;
	double east = (a->lon - b->lon) * 111320 * cos(a->lat * acos(-1) / 180);

	return hypot(north, east);
}

static void same_for_one_seed(void)
{
	struct world other = world;
	struct sample a = {0}, b = {0}, c = {0};

	other.seed = 8;
	world_drone(&world, 2, 1, NOW, &a);
	world_drone(&world, 2, 1, NOW, &b);
	world_drone(&other, 2, 1, NOW, &c);
	ok(memcmp(&a, &b, sizeof(a)) == 0, "the same seed and time give the same sample");
	ok(strcmp(a.id, c.id) != 0, "another seed gives another drone");
}

static void received_once_per_second(void)
{
	struct sample now, later;
	bool within = true;
	int changes = 0;

	world_drone(&world, 1, 0, NOW, &now);
	for (clock_us t = NOW; t <= NOW + 10 * CLOCK_SECOND_US; t += CLOCK_SECOND_US / 100) {
		double age_s;
		world_drone(&world, 1, 0, t, &later);
		age_s = (double)t / 1e6 - later.observed;
		within = within && age_s > -1e-6 && age_s < 1.000001;
		changes += later.observed != now.observed;
		now = later;
	}
	is_number(changes, 10, "ten new observations in ten seconds");
	ok(within, "an observation is at most one second old");
}

static void moves_as_it_says(void)
{
	struct sample a, b;
	bool plausible = true;

	for (unsigned i = 0; i < world.drones; i++) {
		world_drone(&world, 1, i, NOW, &a);
		world_drone(&world, 1, i, NOW + CLOCK_SECOND_US, &b);
		plausible = plausible && fabs(distance_m(&a, &b) / a.speed - 1) < 0.03;
		plausible = plausible && a.direction >= 0 && a.direction < 360;
	}
	ok(plausible, "the distance per second matches the speed; the course is below 360");
}

static void silent_aircraft(void)
{
	struct sample a, b;
	double max_s = 0;

	for (clock_us t = NOW; t < NOW + 2 * CLOCK_MINUTE_US; t += CLOCK_SECOND_US) {
		world_aircraft(&world, 1, 7, t, &a);
		max_s = fmax(max_s, (double)t / 1e6 - a.updated);
	}
	ok(max_s > 55 && max_s < 60.1, "every eighth aircraft is silent for a minute");
	world_aircraft(&world, 1, 0, NOW, &a);
	world_aircraft(&world, 1, 0, NOW + CLOCK_SECOND_US, &b);
	is_number(round(b.updated - a.updated), 1, "the others are received every second");
	ok(fabs(a.speed_kt * 1852 / 3600 - a.speed) < 1e-9, "knots and m/s agree");
}

static int compare(const void *a, const void *b)
{
	return strcmp(a, b);
}

static void names_differ(void)
{
	static char names[1000][sizeof(((struct sample *)0)->id)];
	struct sample sample;
	bool twice = false;

	for (unsigned i = 0; i < 500; i++) {
		world_drone(&world, 1, i, NOW, &sample);
		strcpy(names[2 * i], sample.id);
		world_aircraft(&world, 1, i, NOW, &sample);
		strcpy(names[2 * i + 1], sample.id);
	}
	qsort(names, 1000, sizeof(names[0]), compare);
	for (unsigned i = 1; i < 1000; i++)
		twice = twice || strcmp(names[i], names[i - 1]) == 0;
	ok(!twice, "a thousand tracks of a kit have different ids");
}

static void signals_differ(void)
{
	struct sample a, b;
	bool twice = false;

	for (unsigned i = 0; i < 300; i++) {
		world_signal(&world, 1, i, NOW, &a);
		for (unsigned j = 0; j < i; j++) {
			world_signal(&world, 1, j, NOW, &b);
			twice = twice || a.hz == b.hz;
		}
	}
	ok(!twice, "three hundred signals of a kit have different frequencies");
}

int main(void)
{
	same_for_one_seed();
	received_once_per_second();
	moves_as_it_says();
	silent_aircraft();
	names_differ();
	signals_differ();
	return tap_done();
}
