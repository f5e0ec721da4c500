/* The mapping of each record fills exactly the columns of its table, in their order. */
#include "common/record/columns.h"
#include "tests/unit/tap.h"
#include "tools/wd-normalize/mapping.h"

static const enum column_kind kinds[] = {
	[KIND_TIME] = COLUMN_TIME,
	[KIND_KIT_ID] = COLUMN_TEXT,
	[KIND_OFFSET] = COLUMN_REAL,
	[KIND_TRACK] = COLUMN_TEXT,
	[KIND_NUMBER] = COLUMN_REAL,
	[KIND_LATITUDE] = COLUMN_REAL,
	[KIND_LONGITUDE] = COLUMN_REAL,
	[KIND_INTEGER] = COLUMN_INTEGER,
	[KIND_EPOCH] = COLUMN_BIGINT,
	[KIND_ALTITUDE] = COLUMN_REAL,
	[KIND_TEXT] = COLUMN_TEXT,
	[KIND_ID] = COLUMN_TEXT,
	[KIND_BOOLEAN] = COLUMN_BOOLEAN,
};

static bool is_allowed(const struct column *column, const char *text)
{
	for (const char *const *allowed = column->among; *allowed; allowed++) {
		if (strcmp(*allowed, text) == 0)
			return true;
	}
	return false;
}

static bool fits(const struct map_column *from, const struct column *column)
{
	bool always = from->required || from->kind == KIND_TIME || from->kind == KIND_KIT_ID;

	if (kinds[from->kind] != column->kind || always != column->key)
		return false;
	for (const struct map_choice *choice = from->choices; choice && choice->text; choice++) {
		if (!column->among || !is_allowed(column, choice->meaning))
			return false;
	}
	return true;
}

static void compare(const struct map_table *map)
{
	const struct table *table = table_find(map->name);

	if (!ok(table != NULL, map->name))
		return;
	for (size_t c = 0; c < map->count && c < table->count; c++) {
		is_text(map->columns[c].name, table->columns[c].name, "the same column");
		ok(fits(&map->columns[c], &table->columns[c]), map->columns[c].name);
	}
	is_number((double)map->count, (double)table->count, "the same number of columns");
}

int main(void)
{
	compare(&drone_table);
	compare(&signal_table);
	compare(&status_table);
	return tap_done();
}
