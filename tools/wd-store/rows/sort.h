/* Sorting rows by key: writers that lock rows in one order cannot deadlock. */
#ifndef WD_STORE_SORT_H
#define WD_STORE_SORT_H

#include "tools/wd-store/rows/rows.h"

/* Return the order of two rows by the table's key. */
int sort_compare(const struct table *table, const struct value *a, const struct value *b);

/* Write the address of each row of `table` to `order` (rows->count elements), sorted by key. */
void sort_rows(
	const struct table *table, const struct table_rows *rows, const struct value **order);

#endif
