/* One record: what the rules of a table make of the members of a JSON object. */
#ifndef WD_NORMALIZE_ROW_H
#define WD_NORMALIZE_ROW_H

#include "tools/wd-normalize/cell.h"

enum {
	ROW_TEXT_SIZE = 8192, /* more than all texts of a record at their longest */
};

struct map_row {
	const struct mapping *mapping;              /* of the last row_decide(), */
	const struct origin *origin;                /* as is this */
	struct span record;                         /* the JSON object */
	struct scan_member members[KEYS_MAX];       /* its members */
	struct map_cell cells[MAPPING_COLUMNS_MAX]; /* the columns made from them */
	uint64_t columns;                           /* those of `cells` that may have a value */
	unsigned variant;                           /* enum variant, or-ed */
	struct text_arena texts;
	char text[ROW_TEXT_SIZE];
};

/* Apply the mapping's table to row->members, where the caller has put what mapping->keys[0] finds
 * in a JSON object that the scanner has checked. Return false if a required column is without a
 * value. Pure: the same input gives the same row. */
bool row_decide(struct map_row *row, struct mapping *mapping, const struct origin *origin);

/* Return whether the object had a value for any column. */
bool row_holds_anything(const struct map_row *row, const struct map_table *table);

/* Return the time of the record, of a row that has been decided. */
clock_us row_time(const struct map_row *row, const struct map_table *table);

/* Append the row as a line: its type, then the columns that are not null, in the table's order. */
void row_write(const struct map_row *row, const struct mapping *mapping, struct buffer *out);

#endif
