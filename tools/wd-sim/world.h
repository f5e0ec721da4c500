/* The simulated traffic, as a pure function of seed, kit, index and time. Nothing is stored: two
 * runs with the same seed agree at any moment, and two requests within a second return the same
 * observations, as from a real kit. */
#ifndef WD_SIM_WORLD_H
#define WD_SIM_WORLD_H

#include "common/time/clock.h"
#include "tools/wd-sim/template.h"

struct world {
	uint64_t seed;
	unsigned kits;
	unsigned drones, aircraft, signals; /* per kit */
};

/* Fill `sample` with the state that kit `kit` (from 1) reports at `now` for the subject `index`
 * (from 0) and return its template. Each subject is received once per second, at its own phase,
 * except that every eighth aircraft is received once per minute: a kit continues to list aircraft
 * that have become silent. */
enum template_name world_drone(const struct world *world, unsigned kit, unsigned index,
	clock_us now, struct sample *sample);
enum template_name world_aircraft(const struct world *world, unsigned kit, unsigned index,
	clock_us now, struct sample *sample);
enum template_name world_signal(const struct world *world, unsigned kit, unsigned index,
	clock_us now, struct sample *sample);
enum template_name world_status(
	const struct world *world, unsigned kit, clock_us now, struct sample *sample);

/* A receiver of a kit is on if the kit receives anything with it. */
enum template_name world_config(const struct world *world, struct sample *sample);

#endif
