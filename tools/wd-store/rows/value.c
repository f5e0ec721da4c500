#include "tools/wd-store/rows/value.h"

#include "common/record/record.h"
#include "common/scan/scan.h"
#include "common/time/clock.h"

#include <math.h>

/* The largest double below 2^63, so that the number fits into an int64_t. */
#define BIGGEST 0x1.fffffffffffffp62

/* Decoded text is never longer than its JSON: U+FFFD is shorter than the \u0000 it replaces. */
static const char *read_text(struct span json, struct arena *arena, struct value *value)
{
	struct span inside = {json.data + 1, json.length - 2};

	if (scan_kind(json) != SCAN_TEXT)
		return "not a text";
	value->kind = VALUE_TEXT;
	value->text = inside;
	if (!memchr(inside.data, '\\', inside.length))
		return NULL;
	char *decoded = arena_take(arena, json.length);
	if (!decoded)
		return "too long";
	value->text = (struct span){decoded, scan_text(json, decoded, json.length)};
	return NULL;
}

static const char *read_time(struct span json, struct arena *arena, struct value *value)
{
	struct value text;
	clock_us time;
	const char *why = read_text(json, arena, &text);

	if (why)
		return why;
	if (!clock_parse(text.text, &time))
		return "not a time";
	*value = (struct value){.kind = VALUE_INTEGER, .integer = time};
	return NULL;
}

static const char *read_real(struct span json, struct value *value)
{
	double number;

	if (!scan_number(json, &number))
		return "not a number";
	*value = (struct value){.kind = VALUE_REAL, .real = number};
	return NULL;
}

/* Convert digits without the rounding of a double. The number is in range, but it may have more
 * than 19 digits and a negative exponent: false. */
static bool exact_integer(struct span json, int64_t *integer)
{
	bool negative = json.data[0] == '-';
	int64_t number = 0;

	for (size_t i = negative; i < json.length; i++) {
		if (json.data[i] < '0' || json.data[i] > '9' ||
			__builtin_mul_overflow(number, 10, &number) ||
			__builtin_add_overflow(number, json.data[i] - '0', &number))
			return false;
	}
	*integer = negative ? -number : number;
	return true;
}

/* Round as PostgreSQL does: to nearest, ties to even. */
static const char *read_integer(struct span json, double min, double max, struct value *value)
{
	double number;

	if (!scan_number(json, &number))
		return "not a number";
	if (!(number >= min && number <= max))
		return "out of range";
	value->kind = VALUE_INTEGER;
	if (!exact_integer(json, &value->integer))
		value->integer = (int64_t)nearbyint(number);
	return NULL;
}

static const char *read_boolean(struct span json, struct value *value)
{
	enum scan_kind kind = scan_kind(json);

	if (kind != SCAN_TRUE && kind != SCAN_FALSE)
		return "not true or false";
	*value = (struct value){.kind = VALUE_INTEGER, .integer = kind == SCAN_TRUE};
	return NULL;
}

/* In JSON text: PostgreSQL's text cannot hold U+0000. */
static void replace_nuls(char *at, const char *end)
{
	while ((at = memchr(at, '\\', (size_t)(end - at))) != NULL) {
		if (at[1] == 'u' && memcmp(at + 2, "0000", 4) == 0)
			memcpy(at + 2, "fffd", 4);
		at += 2;
	}
}

static const char *read_tags(struct span json, struct arena *arena, struct value *value)
{
	struct span rest = scan_items(json), item;

	if (scan_kind(json) != SCAN_ARRAY)
		return "not an array of texts";
	while (scan_next(&rest, &item)) {
		if (scan_kind(item) != SCAN_TEXT)
			return "not an array of texts";
	}
	*value = (struct value){.kind = VALUE_TEXT, .text = json};
	if (!memchr(json.data, '\\', json.length))
		return NULL;
	char *copy = arena_take(arena, json.length);
	if (!copy)
		return "too long";
	memcpy(copy, json.data, json.length);
	replace_nuls(copy, copy + json.length);
	value->text.data = copy;
	return NULL;
}

static const char *read_kind(
	enum column_kind kind, struct span json, struct arena *arena, struct value *value)
{
	switch (kind) {
	case COLUMN_TIME:
		return read_time(json, arena, value);
	case COLUMN_TEXT:
		return read_text(json, arena, value);
	case COLUMN_REAL:
		return read_real(json, value);
	case COLUMN_INTEGER:
		return read_integer(json, INT32_MIN, INT32_MAX, value);
	case COLUMN_BIGINT:
		return read_integer(json, -BIGGEST, BIGGEST, value);
	case COLUMN_BOOLEAN:
		return read_boolean(json, value);
	case COLUMN_TAGS:
		return read_tags(json, arena, value);
	case COLUMN_DIGEST:
		break;
	}
	return NULL;
}

static bool is_allowed(const char *const *names, struct span text)
{
	for (; *names; names++) {
		if (span_equals(text, *names))
			return true;
	}
	return false;
}

/* The tables' CHECK constraints, checked here so that a violation does not fail the batch. */
static const char *check(const struct column *column, const struct value *value)
{
	if (column->among && !is_allowed(column->among, value->text))
		return "not one of the known";
	if (column->max > column->min &&
		!(value->real >= column->min && value->real <= column->max))
		return "out of range";
	return NULL;
}

const char *value_read(
	const struct column *column, struct span json, struct arena *arena, struct value *value)
{
	*value = (struct value){.kind = VALUE_NULL};
	if (column->kind == COLUMN_DIGEST)
		return NULL;
	if (scan_kind(json) == SCAN_NULL) {
		if (column->absent == ABSENT_TRUE)
			*value = (struct value){.kind = VALUE_INTEGER, .integer = 1};
		return column->key || column->absent == ABSENT_REFUSED ? "missing" : NULL;
	}
	const char *why = read_kind(column->kind, json, arena, value);
	return why ? why : check(column, value);
}

bool value_equal(const struct value *a, const struct value *b)
{
	if (a->kind != b->kind)
		return false;
	switch (a->kind) {
	case VALUE_NULL:
		return true;
	case VALUE_INTEGER:
		return a->integer == b->integer;
	case VALUE_REAL:
		return a->real == b->real;
	case VALUE_TEXT:
		return a->text.length == b->text.length &&
		       memcmp(a->text.data, b->text.data, a->text.length) == 0;
	}
	return false;
}

bool value_time_replaces(clock_us older, clock_us newer, clock_us limit)
{
	return older > limit || (newer <= limit && newer >= older);
}

static int compare_texts(struct span a, struct span b)
{
	size_t shorter = a.length < b.length ? a.length : b.length;
	int order = memcmp(a.data, b.data, shorter);

	return order ? order : (a.length > b.length) - (a.length < b.length);
}

int value_compare(const struct value *a, const struct value *b)
{
	if (a->kind == VALUE_TEXT && b->kind == VALUE_TEXT)
		return compare_texts(a->text, b->text);
	if (a->kind == VALUE_REAL && b->kind == VALUE_REAL)
		return (a->real > b->real) - (a->real < b->real);
	return (a->integer > b->integer) - (a->integer < b->integer);
}

static struct value extreme(const struct value *older, const struct value *newer, bool lowest)
{
	if (older->kind == VALUE_NULL || newer->kind == VALUE_NULL)
		return older->kind == VALUE_NULL ? *newer : *older;
	return (value_compare(newer, older) < 0) == lowest ? *newer : *older;
}

struct value value_merge(enum column_merge merge, const struct value *older,
	const struct value *newer, bool in_order, clock_us limit)
{
	switch (merge) {
	case MERGE_NEWEST:
		return newer->kind == VALUE_NULL ? *older : *newer;
	case MERGE_FIRST:
		return *older;
	case MERGE_LATEST:
		if (newer->kind == VALUE_NULL)
			return *older;
		return older->kind == VALUE_NULL ||
				       value_time_replaces(older->integer, newer->integer, limit)
			       ? *newer
			       : *older;
	case MERGE_CLOCKED:
	case MERGE_GROUP:
		return in_order ? *newer : *older;
	case MERGE_MINIMUM:
	case MERGE_MAXIMUM:
		return extreme(older, newer, merge == MERGE_MINIMUM);
	case MERGE_SUM:
		if (older->kind == VALUE_NULL || newer->kind == VALUE_NULL)
			return (struct value){.kind = VALUE_NULL};
		return (struct value){VALUE_INTEGER, .integer = older->integer + newer->integer};
	}
	return *older;
}
