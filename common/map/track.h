/* One subject (drone, aircraft, signal, kit): its points over time and the newest value of every
 * other field. */
#ifndef WD_MAP_TRACK_H
#define WD_MAP_TRACK_H

#include "common/map/observation.h"

/* One observation of a subject, 40 bytes. Unknown numbers are NAN. */
struct point {
	clock_us time;
	int32_t lat_e7, lon_e7; /* 1e-7 degrees; both POINT_NOWHERE if there is no position */
	float alt_m, height_m, speed_mps, heading_deg, power_dbm;
};

#define POINT_NOWHERE INT32_MIN

static inline bool point_placed(const struct point *point)
{
	return point->lat_e7 != POINT_NOWHERE;
}

static inline struct position point_place(const struct point *point)
{
	return (struct position){point->lat_e7 / 1e7, point->lon_e7 / 1e7};
}

/* Longest value that is kept, as JSON; no field of a kit is longer. */
#define TRACK_FACT_MAX 4096

struct track {
	enum track_kind kind;
	char kit_id[RECORD_ID_MAX + 1], id[RECORD_ID_MAX + 1];
	struct span
		facts[FIELD_COUNT - FIELD_FACTS]; /* validated JSON, owned; `data` NULL: unknown */
	clock_us facts_time;
	bool has_pilot, has_home;
	struct position pilot, home; /* the newest known */
	struct point *points; /* after track_finish() the first `placed_count` have a position */
	size_t count, capacity, placed_count;
	clock_us reported; /* time of the newest point that wd-serve has sent */
	bool changed;      /* set by track_add() */
	uint64_t offered;  /* points passed to track_add() */
};

/* Allocate a track for the subject of an observation, without points. */
struct track *track_new(const struct observation *observation);
void track_free(struct track *track);

/* Return the memory used by the track, in bytes. */
size_t track_size(const struct track *track);

/* Add an observation. Keep every `stride`-th point (a power of two) and always the latest. If
 * `full`, the track must not grow: the latest point replaces the one before it. A kit gets a new
 * point only after it has moved 20 m. */
void track_add(
	struct track *track, const struct observation *observation, uint64_t stride, bool full);

/* Drop every second point; keep both ends. */
void track_thin(struct track *track);

/* Drop points before `time`; a kit keeps its last one. */
void track_expire(struct track *track, clock_us time);

/* Sort the points: those with a position by time, then those without by time. Keep one of several
 * points with the same time, which are one row in the tables. */
void track_finish(struct track *track);

/* Return the end of the leg that begins at `points[from]`. A leg has no gap longer than `gap_us`
 * and does not cross the antimeridian, where a line on a map would go around the earth (RFC 7946,
 * 3.1.9). */
size_t track_leg_end(const struct point *points, size_t from, size_t count, int64_t gap_us);

/* Return the newest value of a field as JSON; `data` is NULL if it is unknown. */
static inline struct span track_fact(const struct track *track, enum field field)
{
	return track->facts[field - FIELD_FACTS];
}

/* Write the display name to `out`: callsign, name, or id. */
void track_label(const struct track *track, char *out, size_t size);

/* Find the position at `time` in a finished track: the last point before it, else the first.
 * Return false if no position is known. */
bool track_place_at(const struct track *track, clock_us time, struct position *place);

#endif
