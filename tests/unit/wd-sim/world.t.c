/* The sky: the same for one seed, plausible, and heard once a second. */
#include "tools/wd-sim/world.h"

#include "tests/unit/tap.h"

#include <math.h>
#include <stdlib.h>

#define NOW (INT64_C(1795456769) * CLOCK_SECOND_US)

static const struct world sky = {.seed = 7, .kits = 3, .drones = 24, .aircraft = 16, .signals = 6};

static double distance_m(const struct sighting *a, const struct sighting *b)
{
	double north = (a->lat - b->lat) * 111320;
	double east = (a->lon - b->lon) * 111320 * cos(a->lat * acos(-1) / 180);

	return hypot(north, east);
}

static void same_for_one_seed(void)
{
	struct world other = sky;
	struct sighting a = {0}, b = {0}, c = {0};

	other.seed = 8;
	world_drone(&sky, 2, 1, NOW, &a);
	world_drone(&sky, 2, 1, NOW, &b);
	world_drone(&other, 2, 1, NOW, &c);
	ok(memcmp(&a, &b, sizeof(a)) == 0, "one seed and one moment give one sighting");
	ok(strcmp(a.id, c.id) != 0, "another seed gives another drone");
}

static void heard_once_a_second(void)
{
	struct sighting now, later;
	bool within = true;
	int changes = 0;

	world_drone(&sky, 1, 0, NOW, &now);
	for (clock_us t = NOW; t <= NOW + 10 * CLOCK_SECOND_US; t += CLOCK_SECOND_US / 100) {
		double age_s;
		world_drone(&sky, 1, 0, t, &later);
		age_s = (double)t / 1e6 - later.observed;
		within = within && age_s > -1e-6 && age_s < 1.000001;
		changes += later.observed != now.observed;
		now = later;
	}
	is_number(changes, 10, "ten seconds bring ten new observations");
	ok(within, "an observation is never of the future, nor older than a second");
}

static void moves_as_it_says(void)
{
	struct sighting a, b;
	bool plausible = true;

	for (unsigned i = 0; i < sky.drones; i++) {
		world_drone(&sky, 1, i, NOW, &a);
		world_drone(&sky, 1, i, NOW + CLOCK_SECOND_US, &b);
		plausible = plausible && fabs(distance_m(&a, &b) / a.speed - 1) < 0.03;
		plausible = plausible && a.direction >= 0 && a.direction < 360;
	}
	ok(plausible,
		"each drone goes as far in a second as its speed says, on a course below 360");
}

static void silent_aircraft(void)
{
	struct sighting a, b;
	double max_s = 0;

	for (clock_us t = NOW; t < NOW + 2 * CLOCK_MINUTE_US; t += CLOCK_SECOND_US) {
		world_aircraft(&sky, 1, 7, t, &a);
		max_s = fmax(max_s, (double)t / 1e6 - a.heard);
	}
	ok(max_s > 55 && max_s < 60.1, "each eighth aircraft is silent for a minute");
	world_aircraft(&sky, 1, 0, NOW, &a);
	world_aircraft(&sky, 1, 0, NOW + CLOCK_SECOND_US, &b);
	is_number(round(b.heard - a.heard), 1, "the others are heard each second");
	ok(fabs(a.speed_kt * 1852 / 3600 - a.speed) < 1e-9, "knots and m/s agree");
}

static int compare(const void *a, const void *b)
{
	return strcmp(a, b);
}

static void names_differ(void)
{
	static char names[1000][sizeof(((struct sighting *)0)->id)];
	struct sighting sighting;
	bool twice = false;

	for (unsigned i = 0; i < 500; i++) {
		world_drone(&sky, 1, i, NOW, &sighting);
		strcpy(names[2 * i], sighting.id);
		world_aircraft(&sky, 1, i, NOW, &sighting);
		strcpy(names[2 * i + 1], sighting.id);
	}
	qsort(names, 1000, sizeof(names[0]), compare);
	for (unsigned i = 1; i < 1000; i++)
		twice = twice || strcmp(names[i], names[i - 1]) == 0;
	ok(!twice, "no two of a thousand tracks of a kit have one name");
}

static void signals_differ(void)
{
	struct sighting a, b;
	bool twice = false;

	for (unsigned i = 0; i < 300; i++) {
		world_signal(&sky, 1, i, NOW, &a);
		for (unsigned j = 0; j < i; j++) {
			world_signal(&sky, 1, j, NOW, &b);
			twice = twice || a.hz == b.hz;
		}
	}
	ok(!twice, "no two of three hundred signals of a kit have one frequency");
}

int main(void)
{
	same_for_one_seed();
	heard_once_a_second();
	moves_as_it_says();
	silent_aircraft();
	names_differ();
	signals_differ();
	return tap_done();
}
