#include "common/map/track_table.h"

#include "common/base/hash.h"
#include "common/base/xalloc.h"

#include <stdlib.h>

#define FIRST_SLOTS 256

void track_table_init(struct track_table *table, size_t points_max)
{
	*table = (struct track_table){.points_max = points_max, .stride = 1, .seed = hash_seed()};
}

void track_table_release(struct track_table *table)
{
	for (size_t i = 0; i < table->count; i++)
		track_free(table->tracks[i]);
	free(table->tracks);
	free(table->slots);
	*table = (struct track_table){0};
}

static size_t first_slot(
	const struct track_table *table, enum track_kind kind, const char *kit_id, const char *id)
{
	uint64_t hash = hash_bytes(table->seed + (uint64_t)kind, kit_id, strlen(kit_id) + 1);

	hash = hash_fold(hash_bytes(hash, id, strlen(id)));
	return (size_t)hash & (table->slot_count - 1);
}

/* Return the slot of the track, or the free slot where it belongs. */
static uint32_t *slot_of(
	const struct track_table *table, enum track_kind kind, const char *kit_id, const char *id)
{
	size_t at = first_slot(table, kind, kit_id, id);

	for (;; at = (at + 1) & (table->slot_count - 1)) {
		uint32_t *slot = &table->slots[at];
		if (!*slot)
			return slot;
		const struct track *track = table->tracks[*slot - 1];
		if (track->kind == kind && strcmp(track->kit_id, kit_id) == 0 &&
			strcmp(track->id, id) == 0)
			return slot;
	}
}

/* Rebuild the slots for the current order of the tracks. */
static void index_tracks(struct track_table *table)
{
	memset(table->slots, 0, table->slot_count * sizeof(*table->slots));
	for (size_t i = 0; i < table->count; i++) {
		const struct track *track = table->tracks[i];
		*slot_of(table, track->kind, track->kit_id, track->id) = (uint32_t)i + 1;
	}
}

/* Reserve room for one more track; keep at least half of the slots free. */
static void reserve_track(struct track_table *table)
{
	if (table->count < table->capacity)
		return;
	table->capacity = table->capacity ? table->capacity * 2 : FIRST_SLOTS / 2;
	table->tracks = xrealloc(table->tracks, table->capacity * sizeof(struct track *));
	table->slot_count = 2 * table->capacity;
	table->slots = xrealloc(table->slots, table->slot_count * sizeof(*table->slots));
	index_tracks(table);
}

static size_t max_bytes(const struct track_table *table)
{
	return table->points_max * sizeof(struct point);
}

static void thin(struct track_table *table)
{
	table->used = 0;
	table->stride *= 2;
	for (size_t i = 0; i < table->count; i++) {
		track_thin(table->tracks[i]);
		table->used += track_size(table->tracks[i]);
	}
	table->full = table->used > max_bytes(table) / 4 * 3;
}

/* Return the track of the observation, or NULL if the table is full. */
static struct track *find_or_add(struct track_table *table, const struct observation *o)
{
	reserve_track(table);
	uint32_t *slot = slot_of(table, o->kind, o->kit_id, o->id);
	if (*slot)
		return table->tracks[*slot - 1];
	if (table->full) {
		table->dropped++;
		return NULL;
	}
	struct track *track = track_new(o);
	table->tracks[table->count++] = track;
	*slot = (uint32_t)table->count;
	table->used += track_size(track);
	return track;
}

void track_table_add(struct track_table *table, const struct observation *observation)
{
	struct track *track = find_or_add(table, observation);

	if (!track)
		return;
	table->used -= track_size(track);
	track_add(track, observation, table->stride, table->full);
	table->used += track_size(track);
	if (table->used > max_bytes(table) && !table->full)
		thin(table);
}

void track_table_expire(struct track_table *table, clock_us time)
{
	size_t kept = 0;

	table->used = 0;
	for (size_t i = 0; i < table->count; i++) {
		struct track *track = table->tracks[i];
		if (track->kind != KIND_KIT && track->facts_time < time) {
			track_free(track);
			continue;
		}
		track_expire(track, time);
		table->used += track_size(track);
		table->tracks[kept++] = track;
	}
	table->count = kept;
	table->full = table->full && table->used > max_bytes(table) / 4 * 3;
	if (table->slots)
		index_tracks(table);
}

static int compare_tracks(const void *a, const void *b)
{
	const struct track *p = *(struct track *const *)a, *q = *(struct track *const *)b;
	int order = strcmp(p->kit_id, q->kit_id);

	if (!order)
		order = (p->kind > q->kind) - (p->kind < q->kind);
	return order ? order : strcmp(p->id, q->id);
}

void track_table_finish(struct track_table *table)
{
	if (!table->count)
		return;
	qsort(table->tracks, table->count, sizeof(struct track *), compare_tracks);
	index_tracks(table);
	for (size_t i = 0; i < table->count; i++)
		track_finish(table->tracks[i]);
}

bool track_table_kit_place(
	const struct track_table *table, const char *kit_id, clock_us time, struct position *place)
{
	if (!table->count)
		return false;
	uint32_t slot = *slot_of(table, KIND_KIT, kit_id, kit_id);

	return slot && track_place_at(table->tracks[slot - 1], time, place);
}
