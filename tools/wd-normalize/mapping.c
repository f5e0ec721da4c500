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
	for (size_t i = 0; i < SOURCES_MAX && from[i].key; i++) {
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

void mapping_init(struct mapping *mapping, const struct map_table *table)
{
	*mapping = (struct mapping){.table = table};
	write_heads(mapping);
	place_group(mapping, 0);
	for (size_t i = 1; i < GROUPS_MAX && table->groups[i]; i++)
		place_group(mapping, i);
}

void mapping_find_nested(const struct mapping *mapping, struct scan_member *members)
{
	const struct map_table *table = mapping->table;

	for (size_t i = 1; i < GROUPS_MAX && table->groups[i]; i++) {
		scan_members(members[mapping->group_at[i]].value, &mapping->keys[i],
			members + mapping->first[i]);
	}
}
