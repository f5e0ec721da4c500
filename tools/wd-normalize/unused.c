/* The keys of a record that no rule used. */
#include "tools/wd-normalize/unused.h"

#include "tools/wd-normalize/value.h"

#include <stdio.h>

/* Return whether the object that is `group` holds any key that is read. */
static bool is_read_group(const struct unused *unused, size_t group)
{
	const struct mapping *mapping = unused->mapping;

	return scan_kind(unused->row->members[mapping->group_at[group]].value) == SCAN_OBJECT;
}

static void mark_variants(struct unused *unused)
{
	const struct map_variant *variants = unused->mapping->table->variants;

	for (size_t v = 0; v < VARIANTS_MAX; v++) {
		for (size_t i = 0; i < SOURCES_MAX && variants[v].when[i].key; i++)
			unused->used[unused->mapping->variants[v][i]] = true;
	}
}

void unused_open(struct unused *unused, const struct map_row *row, const struct mapping *mapping)
{
	const struct map_table *table = mapping->table;

	*unused = (struct unused){
		.row = row, .mapping = mapping, .rest = scan_object_members(row->record)};
	for (size_t c = 0; c < table->count; c++) {
		const struct map_source *source = row->cells[c].source;
		if (!source)
			continue;
		size_t i = (size_t)(source - table->columns[c].from);
		unused->used[mapping->slots[c][i]] = true;
		if (source->of)
			unused->used[mapping->parts[c][i]] = true;
	}
	mark_variants(unused);
	for (size_t g = 1; g < GROUPS_MAX && table->groups[g]; g++)
		unused->used[mapping->group_at[g]] |= is_read_group(unused, g);
}

/* Return whether the member of `group` is used, or is absent or a filler. */
static bool is_used(const struct unused *unused, size_t group, struct span key, struct span value)
{
	int index = scan_keys_find(&unused->mapping->keys[group], key);

	return !value_given(value) ||
	       (index >= 0 && unused->used[unused->mapping->first[group] + (size_t)index]);
}

static size_t group_of(const struct unused *unused, struct span key)
{
	const struct map_table *table = unused->mapping->table;

	for (size_t g = 1; g < GROUPS_MAX && table->groups[g]; g++) {
		if (scan_text_is(key, table->groups[g]))
			return g;
	}
	return 0;
}

static bool next_in_group(struct unused *unused, struct span *key)
{
	struct span value;

	while (unused->group && scan_next_member(&unused->group_rest, key, &value)) {
		if (!is_used(unused, unused->group, *key, value))
			return true;
	}
	unused->group = 0;
	return false;
}

bool unused_next(struct unused *unused, char *key, size_t size)
{
	struct span member, value;

	if (next_in_group(unused, &member)) {
		int length =
			snprintf(key, size, "%s.", unused->mapping->table->groups[unused->group]);
		scan_text(member, key + length, size - (size_t)length);
		return true;
	}
	while (scan_next_member(&unused->rest, &member, &value)) {
		if (!is_used(unused, 0, member, value)) {
			scan_text(member, key, size);
			return true;
		}
		unused->group = scan_kind(value) == SCAN_OBJECT ? group_of(unused, member) : 0;
		unused->group_rest = scan_object_members(value);
		if (unused->group)
			return unused_next(unused, key, size);
	}
	return false;
}
