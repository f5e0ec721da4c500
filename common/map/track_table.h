/* All tracks in bounded memory, for the formats that write each subject as a whole. */
#ifndef WD_MAP_TRACK_TABLE_H
#define WD_MAP_TRACK_TABLE_H

#include "common/map/track.h"

struct track_table {
	size_t points_max; /* memory limit, in points; at least 1000 */
	struct track **tracks;
	size_t count, capacity;
	uint32_t *slots; /* open addressing by kind, kit and id: index + 1, 0 if free */
	size_t slot_count;
	uint64_t seed;    /* of the hash */
	size_t used;      /* bytes used by the tracks */
	uint64_t stride;  /* keep every stride-th point; a power of two */
	bool full;        /* thinning does not free enough: add no tracks */
	uint64_t dropped; /* records of tracks that were not added */
};

void track_table_init(struct track_table *table, size_t points_max);
void track_table_release(struct track_table *table);

/* Add an observation. At the memory limit, drop every second point of all tracks and double the
 * stride. If that does not free enough, because there are too many tracks or their values are too
 * long, the table is full: new tracks are dropped and existing ones do not grow. */
void track_table_add(struct track_table *table, const struct observation *observation);

/* Drop points before `time`, and tracks that were not updated since; kits stay. */
void track_table_expire(struct track_table *table, clock_us time);

/* Sort the tracks by kit, kind and id, and finish each. */
void track_table_finish(struct track_table *table);

/* Find the position of a kit at `time`, after track_table_finish(). Return false if it is
 * unknown. */
bool track_table_kit_place(
	const struct track_table *table, const char *kit_id, clock_us time, struct position *place);

#endif
