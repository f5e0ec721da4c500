#include "tools/wd-store/sightings/sightings.h"

#include "common/base/hash.h"
#include "common/base/xalloc.h"
#include "tools/wd-store/rows/sort.h"

#include <stdlib.h>

static const struct table *const table = &tables[TABLE_SIGHTING];

/* For each column of `sightings`: the column of `drones` that it comes from, and the one with the
 * time of its group. */
static struct {
	uint8_t from, time;
} sources[COLUMNS_MAX];

static void find_sources(void)
{
	for (size_t c = 0; c < table->count; c++) {
		const struct column *column = &table->columns[c];
		sources[c].from =
			(uint8_t)table_column(&tables[TABLE_DRONE], column_source(column));
		if (column->group)
			sources[c].time = (uint8_t)table_column(table, column->group->time);
	}
}

void sightings_clear(struct sightings *sightings, size_t count)
{
	if (!sources[SIGHTING_KIT].from)
		find_sources();
	if (sightings->slot_count < 2 * count) {
		free(sightings->slots);
		sightings->slot_count = sightings->slot_count ? sightings->slot_count : 1024;
		while (sightings->slot_count < 2 * count)
			sightings->slot_count *= 2;
		sightings->slots = xcalloc(sightings->slot_count, sizeof(*sightings->slots));
	} else if (sightings->rows.count > 0) {
		memset(sightings->slots, 0, sightings->slot_count * sizeof(*sightings->slots));
	}
	sightings->rows.count = 0;
}

void sightings_release(struct sightings *sightings)
{
	free(sightings->rows.values);
	free(sightings->slots);
	*sightings = (struct sightings){0};
}

clock_us sighting_bucket(clock_us time)
{
	const clock_us length = SIGHTING_BUCKET_S * CLOCK_SECOND_US;
	clock_us after = time % length;

	return time - after - (after < 0 ? length : 0);
}

static bool is_null(const struct value *value)
{
	return value->kind == VALUE_NULL;
}

/* Whether a row of `drones` has the columns of the group. */
static bool is_present(const struct column_group *group, const struct value *drone)
{
	for (size_t c = 0; c < table->count; c++) {
		if (table->columns[c].group != group || table->columns[c].merge != MERGE_GROUP)
			continue;
		if (is_null(&drone[sources[c].from]) != group->any)
			return group->any;
	}
	return !group->any;
}

/* Write the sighting of one row of `drones`. */
static void make_row(struct value *row, const struct value *drone, bool derive)
{
	const struct column_group *group = NULL;
	bool present = true;

	for (size_t c = 0; c < table->count; c++) {
		if (table->columns[c].group != group) {
			group = table->columns[c].group;
			present = !group || is_present(group, drone);
		}
		if (c == SIGHTING_POINTS)
			row[c] = (struct value){derive ? VALUE_NULL : VALUE_INTEGER, .integer = 1};
		else
			row[c] = present ? drone[sources[c].from]
					 : (struct value){.kind = VALUE_NULL};
	}
	row[SIGHTING_BUCKET].integer = sighting_bucket(row[SIGHTING_BUCKET].integer);
}

/* Whether the columns of a group come from `newer`, as upsert_merged() decides. */
static bool applies(
	const struct column_group *group, const struct value *older, const struct value *newer)
{
	if (is_null(older) || is_null(newer))
		return is_null(older);
	return group->oldest ? newer->integer < older->integer : newer->integer > older->integer;
}

static void merge_row(struct value *there, const struct value *row)
{
	for (size_t c = 0; c < table->count; c++) {
		const struct column *column = &table->columns[c];
		bool newer = column->merge == MERGE_GROUP &&
			     applies(column->group, &there[sources[c].time], &row[sources[c].time]);
		if (!column->key)
			there[c] = value_merge(column->merge, &there[c], &row[c], newer, 0);
	}
}

static size_t hash_row(const struct value *row)
{
	uint64_t hash = hash_bytes(HASH_START, &row[SIGHTING_BUCKET].integer, sizeof(int64_t));

	hash = hash_bytes(hash, row[SIGHTING_KIT].text.data, row[SIGHTING_KIT].text.length);
	hash = hash_bytes(hash, row[SIGHTING_DRONE].text.data, row[SIGHTING_DRONE].text.length);
	return (size_t)hash_fold(hash);
}

/* Return space for one more row. */
static struct value *next_row(struct table_rows *rows)
{
	if (rows->count == rows->capacity) {
		rows->capacity = rows->capacity ? 2 * rows->capacity : 64;
		rows->values = xrealloc(
			rows->values, rows->capacity * table->count * sizeof(*rows->values));
	}
	return rows->values + rows->count * table->count;
}

void sightings_add(struct sightings *sightings, const struct value *drone, bool derive)
{
	struct value *row = next_row(&sightings->rows);

	make_row(row, drone, derive);
	size_t at = hash_row(row) % sightings->slot_count;
	for (; sightings->slots[at]; at = (at + 1) % sightings->slot_count) {
		struct value *there =
			sightings->rows.values + (sightings->slots[at] - 1) * table->count;
		if (sort_compare(table, there, row) == 0) {
			merge_row(there, row);
			return;
		}
	}
	sightings->slots[at] = (uint32_t)++sightings->rows.count;
}
