/* One flight: its sightings, merged. */
#ifndef WD_DUMP_FLIGHT_H
#define WD_DUMP_FLIGHT_H

#include "common/map/geodesy.h"
#include "tools/wd-dump/row.h"

/* What the path needs of a sighting with a position. */
struct flight_leg {
	clock_us time; /* of its last position */
	struct position first, last;
};

struct flight {
	struct cell cells[COLUMNS_MAX]; /* of tables[TABLE_SIGHTING], merged; texts are owned */
	char **kits;                    /* sorted */
	size_t kit_count;
	bool is_placed;
	struct position place; /* where the path has ended so far */
	double path_m;
	bool ended; /* no later sighting is part of it */
	struct flight *previous, *next;
};

/* Return a flight that has not had the sighting's path. */
struct flight *flight_new(const struct row *sighting);
void flight_free(struct flight *flight);

clock_us flight_started(const struct flight *flight);
clock_us flight_ended(const struct flight *flight);
struct span flight_drone(const struct flight *flight);

/* Add what `more` has, in any order. The path is left alone. */
void flight_merge(struct flight *flight, const struct flight *more);

/* Add the distance to the end of a sighting; the order is that of time, then kit_id. */
void flight_add_leg(struct flight *flight, const struct flight_leg *leg);

/* Read the positions of a sighting. Return false if it has none. */
bool flight_leg_of(const struct row *sighting, struct flight_leg *leg);

/* Make the row of a `flight` line. `kits` is the memory of one of its texts. */
void flight_row(const struct flight *flight, struct row *row, struct buffer *kits);

#endif
