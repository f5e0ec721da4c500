/* Prepare tables for use: every key gets a place among the members of a record. */
#include "tools/wd-normalize/mapping.h"

#include <stdio.h>

/* Return the place of `key` among the names of `group`, adding it if it is new. */
static uint8_t place(struct mapping *mapping, size_t group, const char *key)
{
	for (size_t i = mapping->first[group]; i < mapping->count; i++) {
		if (strcmp(mapping->names[i], key) == 0)
			return (uint8_t)i;
	}
	mapping->names[mapping->count] = key;
	return (uint8_t)mapping->count++;
}

static void place_sources(struct mapping *mapping, size_t group, const struct map_source *from,
	uint8_t *slots, uint8_t *parts)
{
	for (size_t i = 0; from && i < SOURCES_MAX && from[i].key; i++) {
		if (from[i].in != group)
			continue;
		slots[i] = place(mapping, group, from[i].key);
		if (from[i].of)
			parts[i] = place(mapping, group, from[i].of);
	}
}

static void place_group(struct mapping *mapping, size_t group)
{
	const struct map_table *table = mapping->table;

	mapping->first[group] = mapping->count;
	for (size_t i = 0; i < table->count; i++)
		place_sources(mapping, group, table->columns[i].from, mapping->slots[i],
			mapping->parts[i]);
	for (size_t i = 0; i < VARIANTS_MAX; i++)
		place_sources(mapping, group, table->variants[i].when, mapping->variants[i], NULL);
	for (size_t i = 1; group == 0 && i < GROUPS_MAX && table->groups[i]; i++)
		mapping->group_at[i] = place(mapping, 0, table->groups[i]);
	scan_keys_init(&mapping->keys[group], mapping->names + mapping->first[group],
		mapping->count - mapping->first[group]);
}

static void write_heads(struct mapping *mapping)
{
	for (size_t i = 0; i < mapping->table->count; i++) {
		char *head = mapping->text + i * COLUMN_HEAD_MAX;
		snprintf(head, COLUMN_HEAD_MAX, ",\"%s\":", mapping->table->columns[i].name);
		mapping->heads[i] = span_of(head);
	}
}

static bool is_without_key(enum map_kind kind)
{
	return kind == KIND_TIME || kind == KIND_KIT_ID || kind == KIND_OFFSET ||
	       kind == KIND_TRACK;
}

/* Most keys are absent from most records: row.c only looks at the columns whose keys are there. A
 * longitude is decided together with the latitude before it. */
static void note_columns(struct mapping *mapping)
{
	for (size_t c = 0; c < mapping->table->count; c++) {
		const struct map_column *column = &mapping->table->columns[c];
		uint64_t bit = UINT64_C(1) << c;
		uint64_t decided = column->kind == KIND_LONGITUDE ? bit | bit >> 1 : bit;
		for (size_t i = 0; column->from && column->from[i].key; i++)
			mapping->fed_by[mapping->slots[c][i]] |= decided;
		mapping->always |= is_without_key(column->kind) ? bit : 0;
		mapping->required |= column->required ? bit : 0;
	}
}

void mapping_init(struct mapping *mapping, const struct map_table *table)
{
	*mapping = (struct mapping){.table = table};
	write_heads(mapping);
	place_group(mapping, 0);
	for (size_t i = 1; i < GROUPS_MAX && table->groups[i]; i++)
		place_group(mapping, i);
	note_columns(mapping);
}

void mapping_find_nested(struct mapping *mapping, struct scan_member *members)
{
	const struct map_table *table = mapping->table;

	for (size_t i = 1; i < GROUPS_MAX && table->groups[i]; i++) {
		scan_members(members[mapping->group_at[i]].value, &mapping->keys[i],
			members + mapping->first[i]);
	}
}
