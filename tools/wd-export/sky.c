/* All tracks, in bounded memory. */
#include "tools/wd-export/sky.h"

#include "common/log.h"

#include <stdlib.h>
#include <sysexits.h>

#define FIRST_SLOTS 256

void sky_init(struct sky *sky, size_t points_max)
{
	*sky = (struct sky){.points_max = points_max, .stride = 1};
}

void sky_release(struct sky *sky)
{
	for (size_t i = 0; i < sky->count; i++)
		track_free(sky->tracks[i]);
	free(sky->tracks);
	free(sky->slots);
	*sky = (struct sky){0};
}

/* FNV-1a, 32 bits (http://www.isthe.com/chongo/tech/comp/fnv/). */
static uint32_t add_to_hash(uint32_t hash, const char *text)
{
	do {
		hash = (hash ^ (unsigned char)*text) * 16777619u;
	} while (*text++);
	return hash;
}

static size_t first_slot(const struct sky *sky, enum kind kind, const char *kit_id, const char *id)
{
	uint32_t hash = add_to_hash(add_to_hash(2166136261u + (uint32_t)kind, kit_id), id);

	return hash & (sky->slot_count - 1);
}

/* The slot that holds the track, or a free one where it belongs. */
static uint32_t *slot_of(const struct sky *sky, enum kind kind, const char *kit_id, const char *id)
{
	size_t at = first_slot(sky, kind, kit_id, id);

	for (;; at = (at + 1) & (sky->slot_count - 1)) {
		uint32_t *slot = &sky->slots[at];
		if (!*slot)
			return slot;
		const struct track *track = sky->tracks[*slot - 1];
		if (track->kind == kind && strcmp(track->kit_id, kit_id) == 0 &&
			strcmp(track->id, id) == 0)
			return slot;
	}
}

/* Fills the slots anew, for the tracks as they lie now. */
static void index_tracks(struct sky *sky)
{
	memset(sky->slots, 0, sky->slot_count * sizeof(*sky->slots));
	for (size_t i = 0; i < sky->count; i++) {
		const struct track *track = sky->tracks[i];
		*slot_of(sky, track->kind, track->kit_id, track->id) = (uint32_t)i + 1;
	}
}

/* Room for one more track, and slots of which at most half are taken. */
static int make_room(struct sky *sky)
{
	if (sky->count < sky->capacity)
		return 0;
	size_t capacity = sky->capacity ? sky->capacity * 2 : FIRST_SLOTS / 2;
	struct track **tracks = realloc(sky->tracks, capacity * sizeof(struct track *));
	if (!tracks)
		return fail(EX_OSERR, "out of memory");
	sky->tracks = tracks;
	uint32_t *slots = realloc(sky->slots, 2 * capacity * sizeof(*slots));
	if (!slots)
		return fail(EX_OSERR, "out of memory");
	sky->slots = slots;
	sky->capacity = capacity;
	sky->slot_count = 2 * capacity;
	index_tracks(sky);
	return 0;
}

static size_t most_bytes(const struct sky *sky)
{
	return sky->points_max * sizeof(struct point);
}

static void thin(struct sky *sky)
{
	sky->used = 0;
	sky->stride *= 2;
	for (size_t i = 0; i < sky->count; i++) {
		track_thin(sky->tracks[i]);
		sky->used += track_size(sky->tracks[i]);
	}
	sky->full = sky->used > most_bytes(sky) / 4 * 3;
}

/* Makes `track` that of the observation; NULL where there is no room for it. */
static int find_or_make(struct sky *sky, const struct observation *o, struct track **track)
{
	int status = make_room(sky);

	if (status)
		return status;
	uint32_t *slot = slot_of(sky, o->kind, o->kit_id, o->id);
	*track = *slot ? sky->tracks[*slot - 1] : NULL;
	if (*track)
		return 0;
	if (sky->full) {
		sky->turned_away++;
		return 0;
	}
	*track = track_new(o);
	if (!*track)
		return fail(EX_OSERR, "out of memory");
	sky->tracks[sky->count++] = *track;
	*slot = (uint32_t)sky->count;
	sky->used += track_size(*track);
	return 0;
}

int sky_add(struct sky *sky, const struct observation *observation)
{
	struct track *track;
	int status = find_or_make(sky, observation, &track);

	if (status || !track)
		return status;
	sky->used -= track_size(track);
	status = track_add(track, observation, sky->stride, sky->full);
	sky->used += track_size(track);
	if (sky->used > most_bytes(sky) && !sky->full)
		thin(sky);
	return status;
}

static int by_kit_kind_id(const void *a, const void *b)
{
	const struct track *p = *(struct track *const *)a, *q = *(struct track *const *)b;
	int order = strcmp(p->kit_id, q->kit_id);

	if (!order)
		order = (p->kind > q->kind) - (p->kind < q->kind);
	return order ? order : strcmp(p->id, q->id);
}

void sky_finish(struct sky *sky)
{
	if (!sky->count)
		return;
	qsort(sky->tracks, sky->count, sizeof(struct track *), by_kit_kind_id);
	index_tracks(sky);
	for (size_t i = 0; i < sky->count; i++)
		track_finish(sky->tracks[i]);
}

bool sky_kit_place(const struct sky *sky, const char *kit_id, clock_us time, struct place *place)
{
	if (!sky->count)
		return false;
	uint32_t slot = *slot_of(sky, KIND_KIT, kit_id, kit_id);

	return slot && track_place_at(sky->tracks[slot - 1], time, place);
}
