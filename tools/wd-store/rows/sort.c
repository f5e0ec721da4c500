#define _GNU_SOURCE /* qsort_r */
#include "tools/wd-store/rows/sort.h"

#include <stdlib.h>

int sort_compare(const struct table *table, const struct value *a, const struct value *b)
{
	int order = 0;

	for (size_t c = 0; c < table->count && table->columns[c].key && !order; c++)
		order = value_compare(&a[c], &b[c]);
	return order;
}

static int compare_rows(const void *a, const void *b, void *context)
{
	return sort_compare(
		context, *(const struct value *const *)a, *(const struct value *const *)b);
}

void sort_rows(const struct table *table, const struct table_rows *rows, const struct value **order)
{
	struct table context = *table;
	bool sorted = true;

	for (size_t i = 0; i < rows->count; i++) {
		order[i] = rows->values + i * table->count;
		sorted = sorted && (i == 0 || compare_rows(&order[i - 1], &order[i], &context) < 0);
	}
	if (!sorted)
		qsort_r(order, rows->count, sizeof(const struct value *), compare_rows, &context);
}
