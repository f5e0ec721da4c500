/* The tables fit what applies them: its arrays, its indexes, its room for texts. */
#include "tests/unit/tap.h"
#include "tools/wd-normalize/row.h"

static bool ends(const struct map_column *column)
{
	size_t i = 0;

	while (column->from && i < SOURCES_MAX && column->from[i].key)
		i++;
	return i < SOURCES_MAX;
}

static size_t room_for_texts(const struct map_table *table)
{
	size_t room = 0;

	for (size_t i = 0; i < table->count; i++)
		room += table->columns[i].limit ? table->columns[i].limit + 1 : 0;
	return room;
}

static bool same_key(const struct mapping *mapping, size_t column, size_t source)
{
	const struct map_source *from = &mapping->table->columns[column].from[source];

	if (strcmp(mapping->names[mapping->slots[column][source]], from->key) != 0)
		return false;
	return !from->of || strcmp(mapping->names[mapping->parts[column][source]], from->of) == 0;
}

static void fits(const struct map_table *table)
{
	struct mapping mapping;
	bool ended = true, placed = true, paired = true, headed = true;

	ok(table->count <= MAPPING_COLUMNS_MAX, table->name);
	mapping_init(&mapping, table);
	ok(mapping.count <= KEYS_MAX, "its keys have a place");
	for (size_t i = 0; i < table->count; i++) {
		const struct map_column *column = &table->columns[i];
		ended &= ends(column);
		for (size_t s = 0; column->from && column->from[s].key; s++)
			placed &= same_key(&mapping, i, s);
		headed &= mapping.heads[i].length == strlen(column->name) + 4;
		if (column->kind == KIND_LATITUDE)
			paired &= column[1].kind == KIND_LONGITUDE;
		if (column->kind == KIND_TEXT || column->kind == KIND_ID)
			ok(column->limit > 0, column->name);
	}
	ok(ended, "its lists of sources end");
	ok(placed, "each source finds its key");
	ok(headed, "no column's name is cut");
	ok(paired, "latitudes have their longitudes");
	ok(mapping.keys[0].count <= SCAN_KEYS_MAX, "the scanner can hold them");
	ok(room_for_texts(table) <= ROW_TEXT_SIZE, "all its texts have room");
	ok(table->columns[0].kind == KIND_TIME && table->columns[1].kind == KIND_KIT_ID,
		"time and kit_id come first");
}

static void finds_nested(void)
{
	struct mapping mapping;
	struct scan_member members[KEYS_MAX];

	mapping_init(&mapping, &status_table);
	scan_members(SPAN("{\"cpu\":{\"percent\":1},\"disk\":{\"percent\":2},\"memory\":3}"),
		&mapping.keys[0], members);
	mapping_find_nested(&mapping, members);
	for (size_t i = 0; i < status_table.count; i++) {
		const struct map_column *column = &status_table.columns[i];
		for (size_t s = 0; column->from && column->from[s].key; s++) {
			struct span value = members[mapping.slots[i][s]].value;
			if (strcmp(column->from[s].key, "percent") != 0)
				continue;
			if (strcmp(column->name, "cpu_percent") == 0)
				ok(span_equals(value, "1"), "cpu.percent");
			else if (strcmp(column->name, "disk_percent") == 0)
				ok(span_equals(value, "2"), "disk.percent");
			else
				ok(!value.data, "a number has no members");
		}
	}
}

int main(void)
{
	fits(&drone_table);
	fits(&signal_table);
	fits(&status_table);
	finds_nested();
	return tap_done();
}
