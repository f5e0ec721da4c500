/* What was seen of one thing: where it was when, and the newest of everything else. */
#ifndef WD_EXPORT_TRACK
#define WD_EXPORT_TRACK

#include "tools/wd-export/observation.h"

/* 32 bytes. Numbers that are not known are NAN. */
struct point {
	clock_us time;
	int32_t lat_e7, lon_e7; /* 1e-7 degrees; both POINT_NOWHERE without a position */
	float alt_m, speed_mps, heading_deg, power_dbm;
};

#define POINT_NOWHERE INT32_MIN

static inline bool point_placed(const struct point *point)
{
	return point->lat_e7 != POINT_NOWHERE;
}

static inline struct place point_place(const struct point *point)
{
	return (struct place){point->lat_e7 / 1e7, point->lon_e7 / 1e7};
}

/* The longest value that is kept of a record, as JSON; longer ones are no field of any radio. */
#define TRACK_FACT_MAX 4096

struct track {
	enum kind kind;
	char kit_id[RECORD_ID_MAX + 1], id[RECORD_ID_MAX + 1];
	struct span facts[FIELD_COUNT - FIELD_KEPT]; /* checked JSON, owned; `at` NULL: none */
	clock_us facts_time;
	bool piloted, homed;
	struct place pilot, home; /* the newest */
	struct point *points;     /* after track_finish() the first `placed` have a position */
	size_t count, capacity, placed;
	uint64_t arrived; /* points that were offered */
};

/* A new track of what was observed, without points yet; NULL without memory. */
struct track *track_new(const struct observation *observation);
void track_free(struct track *track);

/* The memory that the track holds, in bytes. */
size_t track_size(const struct track *track);

/* Takes in an observation, and of the points each `stride`-th (a power of two) and always the
 * latest. With `full` nothing may grow: the latest point replaces the one before. A kit stays where
 * it was until it has moved 20 m. Returns 0 or EX_OSERR. */
int track_add(
	struct track *track, const struct observation *observation, uint64_t stride, bool full);

/* Leaves out each second point; the ends stay. */
void track_thin(struct track *track);

/* Puts the points in order: those with a position by time, then the others by time. Of those at one
 * moment, which are one row in the tables, one stays. */
void track_finish(struct track *track);

/* The end of the leg that begins at `points[from]`: a leg has no gap longer than `gap_us`, and does
 * not cross the date line, where a line on a map would go round the earth (RFC 7946, 3.1.9). */
size_t track_leg_end(const struct point *points, size_t from, size_t count, int64_t gap_us);

/* The fact of a track as JSON; `at` NULL where nothing is known. */
static inline struct span track_fact(const struct track *track, enum field field)
{
	return track->facts[field - FIELD_KEPT];
}

/* What people call it: callsign, name, or its id. Writes to `out` as scan_text(). */
void track_label(const struct track *track, char *out, size_t size);

/* Where it was at `time`: at the last point before, else at the first. False if it never had a
 * position. For finished tracks. */
bool track_place_at(const struct track *track, clock_us time, struct place *place);

#endif
