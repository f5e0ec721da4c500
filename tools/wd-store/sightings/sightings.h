/* Sightings of a batch: its rows of `drones`, aggregated by kit, drone and bucket of time. */
#ifndef WD_STORE_SIGHTINGS_H
#define WD_STORE_SIGHTINGS_H

#include "tools/wd-store/rows/rows.h"

/* Zero-initialise. Texts are those of the rows that were added. */
struct sightings {
	struct table_rows rows; /* of tables[TABLE_SIGHTING]; no key comes twice */
	uint32_t *slots;        /* open addressing by key; 0 is free */
	size_t slot_count;
};

/* Remove all, and make room for the rows of a batch of `count` rows of `drones`. */
void sightings_clear(struct sightings *sightings, size_t count);
void sightings_release(struct sightings *sightings);

/* Add a row of `drones`. `points` is 1 for a row that is new in the database. NULL (`derive`): the
 * whole sighting must be computed from the database's rows, because the row changed one of them. */
void sightings_add(struct sightings *sightings, const struct value *drone, bool derive);

/* Return the start of the bucket that contains `time`. */
clock_us sighting_bucket(clock_us time);

#endif
