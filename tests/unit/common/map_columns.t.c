/* Every field that the formats read is a column of some table. */
#include "common/map/observation.h"
#include "common/record/columns.h"
#include "tests/unit/tap.h"

static bool is_column(const char *name)
{
	for (size_t t = 0; t < TABLE_COUNT; t++) {
		for (size_t c = 0; c < tables[t].count; c++) {
			if (strcmp(column_source(&tables[t].columns[c]), name) == 0)
				return true;
		}
	}
	return false;
}

int main(void)
{
	for (int field = FIELD_TYPE + 1; field < FIELD_COUNT; field++)
		ok(is_column(field_name((enum field)field)), field_name((enum field)field));
	return tap_done();
}
