#include "common/map/track.h"

#include "common/base/array.h"
#include "common/base/xalloc.h"
#include "common/map/geodesy.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#define KIT_MOVE_MIN_M 20

struct track *track_new(const struct observation *observation)
{
	struct track *track = xcalloc(1, sizeof(*track));

	track->kind = observation->kind;
	memcpy(track->kit_id, observation->kit_id, sizeof(track->kit_id));
	memcpy(track->id, observation->id, sizeof(track->id));
	return track;
}

void track_free(struct track *track)
{
	if (!track)
		return;
	for (size_t i = 0; i < ARRAY_SIZE(track->facts); i++)
		free((char *)track->facts[i].data);
	free(track->points);
	free(track);
}

size_t track_size(const struct track *track)
{
	size_t size = sizeof(*track) + track->capacity * sizeof(*track->points);

	for (size_t i = 0; i < ARRAY_SIZE(track->facts); i++)
		size += track->facts[i].length;
	return size;
}

static void keep_fact(struct span *fact, struct span value, bool full)
{
	if (scan_kind(value) == SCAN_NULL || value.length > (full ? fact->length : TRACK_FACT_MAX))
		return;
	if (fact->length == value.length && memcmp(fact->data, value.data, value.length) == 0)
		return;
	free((char *)fact->data);
	*fact = (struct span){xstrndup(value.data, value.length), value.length};
}

static void keep_facts(struct track *track, const struct observation *o, bool full)
{
	struct position place;

	if (o->time && o->time < track->facts_time)
		return;
	for (size_t i = 0; i < ARRAY_SIZE(track->facts); i++)
		keep_fact(&track->facts[i], o->members[FIELD_FACTS + i].value, full);
	if (o->time)
		track->facts_time = o->time;
	/* A placeholder stands for several drones, so no pilot or home belongs to it. */
	if (track->kind == KIND_ENCRYPTED)
		return;
	if (observation_place(o, FIELD_PILOT_LAT, FIELD_PILOT_LON, &place)) {
		track->pilot = place;
		track->has_pilot = true;
	}
	if (observation_place(o, FIELD_HOME_LAT, FIELD_HOME_LON, &place)) {
		track->home = place;
		track->has_home = true;
	}
}

/* Convert to float; a value beyond any altitude or speed becomes NAN. */
static float float_of(double number)
{
	return fabs(number) < 1e9 ? (float)number : NAN;
}

static struct point point_of(const struct observation *o)
{
	return (struct point){
		.time = o->time,
		.lat_e7 = o->has_place ? (int32_t)lround(o->place.lat * 1e7) : POINT_NOWHERE,
		.lon_e7 = o->has_place ? (int32_t)lround(o->place.lon * 1e7) : POINT_NOWHERE,
		.alt_m = float_of(o->alt_m),
		.height_m = float_of(observation_number(o, FIELD_HEIGHT)),
		.speed_mps = float_of(observation_number(o, FIELD_SPEED)),
		.heading_deg = float_of(observation_number(o, FIELD_HEADING)),
		.power_dbm = float_of(observation_power_dbm(o)),
	};
}

static bool is_stationary(const struct track *track, const struct point *point)
{
	if (track->kind != KIND_KIT || track->count == 0)
		return false;
	const struct point *last = &track->points[track->count - 1];
	return !point_placed(point) ||
	       (point_placed(last) &&
		       geodesy_distance_m(point_place(last), point_place(point)) < KIT_MOVE_MIN_M);
}

static void append(struct track *track, const struct point *point)
{
	if (track->count == track->capacity) {
		track->capacity += track->capacity / 4 + 4;
		track->points = xrealloc(track->points, track->capacity * sizeof(*track->points));
	}
	track->points[track->count++] = *point;
}

void track_add(
	struct track *track, const struct observation *observation, uint64_t stride, bool full)
{
	struct point point = point_of(observation);

	track->changed = true;
	keep_facts(track, observation, full);
	if (!observation->time || is_stationary(track, &point))
		return;
	/* A kit repeats an observation on each poll until there is a newer one. */
	if (track->count && (full || track->points[track->count - 1].time == point.time)) {
		track->points[track->count - 1] = point;
		return;
	}
	/* The previous latest point is not on the stride: replace it. */
	if (track->count > 1 && ((track->offered - 1) & (stride - 1)) != 0)
		track->count--;
	track->offered++;
	append(track, &point);
}

void track_thin(struct track *track)
{
	size_t kept = 0;

	if (track->count < 3)
		return;
	struct point last = track->points[track->count - 1];
	for (size_t i = 0; i < track->count - 1; i += 2)
		track->points[kept++] = track->points[i];
	track->points[kept++] = last;
	track->count = kept;
	track->points = xrealloc(track->points, kept * sizeof(*track->points));
	track->capacity = kept;
}

void track_expire(struct track *track, clock_us time)
{
	size_t kept = 0;

	for (size_t i = 0; i < track->count; i++) {
		bool is_last_of_kit = track->kind == KIND_KIT && i + 1 == track->count;
		if (track->points[i].time >= time || is_last_of_kit)
			track->points[kept++] = track->points[i];
	}
	track->count = kept;
}

static int compare_points(const void *a, const void *b)
{
	const struct point *p = a, *q = b;

	if (point_placed(p) != point_placed(q))
		return point_placed(p) ? -1 : 1;
	return (p->time > q->time) - (p->time < q->time);
}

static bool is_sorted(const struct track *track)
{
	for (size_t i = 1; i < track->count; i++) {
		if (compare_points(&track->points[i - 1], &track->points[i]) >= 0)
			return false;
	}
	return true;
}

void track_finish(struct track *track)
{
	size_t kept = 0;

	if (!is_sorted(track))
		qsort(track->points, track->count, sizeof(*track->points), compare_points);
	for (size_t i = 0; i < track->count; i++) {
		const struct point *next = i + 1 < track->count ? &track->points[i + 1] : NULL;
		if (!next || compare_points(&track->points[i], next) != 0)
			track->points[kept++] = track->points[i];
	}
	track->count = kept;
	track->placed_count = 0;
	while (track->placed_count < kept && point_placed(&track->points[track->placed_count]))
		track->placed_count++;
}

/* Neighbours more than 180 degrees apart are joined across the antimeridian. */
static bool crosses_antimeridian(const struct point *a, const struct point *b)
{
	return point_placed(a) && point_placed(b) &&
	       llabs((int64_t)a->lon_e7 - b->lon_e7) > INT64_C(1800000000);
}

size_t track_leg_end(const struct point *points, size_t from, size_t count, int64_t gap_us)
{
	size_t end = from + 1;

	while (end < count && points[end].time - points[end - 1].time <= gap_us &&
		!crosses_antimeridian(&points[end - 1], &points[end]))
		end++;
	return end;
}

void track_label(const struct track *track, char *out, size_t size)
{
	if (!scan_text(track_fact(track, FIELD_CALLSIGN), out, size) &&
		!scan_text(track_fact(track, FIELD_NAME), out, size))
		snprintf(out, size, "%s", track->id);
}

bool track_place_at(const struct track *track, clock_us time, struct position *place)
{
	size_t low = 0, high = track->placed_count;

	if (!high)
		return false;
	while (high - low > 1) {
		size_t middle = low + (high - low) / 2;
		if (track->points[middle].time <= time)
			low = middle;
		else
			high = middle;
	}
	*place = point_place(&track->points[low]);
	return true;
}
