#define _GNU_SOURCE /* qsort_r */
#include "tools/wd-store/sort.h"

#include <stdlib.h>

static int compare_texts(struct span a, struct span b)
{
	size_t shorter = a.length < b.length ? a.length : b.length;
	int order = memcmp(a.data, b.data, shorter);

	return order ? order : (a.length > b.length) - (a.length < b.length);
}

static int compare_values(const struct value *a, const struct value *b)
{
	if (a->kind == VALUE_TEXT && b->kind == VALUE_TEXT)
		return compare_texts(a->text, b->text);
	if (a->kind == VALUE_REAL && b->kind == VALUE_REAL)
		return (a->real > b->real) - (a->real < b->real);
	return (a->integer > b->integer) - (a->integer < b->integer);
}

static int compare_rows(const void *a, const void *b, void *context)
{
	const struct table *table = context;
	const struct value *left = *(const struct value *const *)a;
	const struct value *right = *(const struct value *const *)b;
	int order = 0;

	for (size_t c = 0; c < table->count && table->columns[c].key && !order; c++)
		order = compare_values(&left[c], &right[c]);
	return order;
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
