/* The simulated sky: what flies where, as a pure function of seed, kit, index and time.
 *
 * Nothing is stored: two runs with one seed agree at any moment, and a kit asked twice within a
 * second gives the same observations twice, as a real kit does. */
#ifndef WD_SIM_WORLD
#define WD_SIM_WORLD

#include "common/clock.h"
#include "tools/wd-sim/template.h"

struct world {
	uint64_t seed;
	unsigned kits;
	unsigned drones, aircraft, signals; /* of each kit */
};

/* Kits count from 1, what they see from 0. Each fills `sighting` with what the kit knows at `now`
 * and returns the template that it belongs into. Every thing is heard once a second (each at its
 * own part of it); each eighth aircraft once a minute: a kit goes on listing what has fallen
 * silent. */
enum template_name world_drone(const struct world *world, unsigned kit, unsigned index,
	clock_us now, struct sighting *sighting);
enum template_name world_aircraft(const struct world *world, unsigned kit, unsigned index,
	clock_us now, struct sighting *sighting);
enum template_name world_signal(const struct world *world, unsigned kit, unsigned index,
	clock_us now, struct sighting *sighting);
enum template_name world_status(
	const struct world *world, unsigned kit, clock_us now, struct sighting *sighting);

#endif
