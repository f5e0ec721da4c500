/* What holds for every record that wd-normalize writes, asked independently of how it is made. */
#ifndef WD_FUZZ_INSERTABLE_H
#define WD_FUZZ_INSERTABLE_H

#include "common/base/utf8.h"
#include "common/record/columns.h"
#include "common/record/record.h"
#include "common/time/clock.h"
#include "tools/wd-normalize/mapping.h"
#include "tools/wd-normalize/value.h"

#include <math.h>
#include <stdlib.h>

static inline void insertable_broken(const char *what, struct span line)
{
	fprintf(stderr, "broken promise: %s: %.*s\n", what, (int)line.length, line.data);
	abort();
}

static inline bool insertable_text(struct span value, size_t limit)
{
	char text[4096];
	uint32_t code;

	size_t length = scan_text(value, text, sizeof(text));
	if (scan_kind(value) != SCAN_TEXT || length == 0 || length > limit)
		return false;
	for (size_t at = 0, taken; at < length; at += taken) {
		taken = utf8_decode(text + at, length - at, &code);
		if (taken == 0 || code == 0)
			return false;
	}
	return true;
}

static inline bool insertable_number(struct span value, double min, double max)
{
	double number;

	/* PostgreSQL refuses numbers that are too small for a double, not only those too large. */
	return scan_number(value, &number) && number >= min && number <= max &&
	       (number != 0 || !memchr(value.data, 'e', value.length)) && value.length <= 32;
}

static inline bool insertable_time(struct span value)
{
	clock_us time;
	char again[CLOCK_TEXT_SIZE];

	if (scan_kind(value) != SCAN_TEXT || value.length != CLOCK_TEXT_SIZE + 1 ||
		!clock_parse((struct span){value.data + 1, CLOCK_TEXT_SIZE - 1}, &time))
		return false;
	clock_format(time, again);
	return memcmp(again, value.data + 1, CLOCK_TEXT_SIZE - 1) == 0;
}

static inline bool insertable_allowed(const char *const *allowed, struct span value)
{
	while (*allowed && !scan_text_is(value, *allowed))
		allowed++;
	return *allowed != NULL;
}

/* What wd-store checks in every table. */
static inline bool insertable_storable(const struct column *column, struct span value)
{
	if (column->among && !insertable_allowed(column->among, value))
		return false;
	return !(column->max > column->min) || insertable_number(value, column->min, column->max);
}

static inline bool insertable_column(const struct map_column *column, struct span value)
{
	switch (column->kind) {
	case KIND_TIME:
		return insertable_time(value);
	case KIND_KIT_ID:
		return insertable_text(value, RECORD_ID_MAX);
	case KIND_LATITUDE:
		return insertable_number(value, -90, 90);
	case KIND_LONGITUDE:
		return insertable_number(value, -180, 180);
	case KIND_INTEGER:
		return insertable_number(value, INT32_MIN, INT32_MAX) &&
		       !memchr(value.data, '.', value.length);
	case KIND_EPOCH:
		return insertable_number(value, -1e15, 1e15) &&
		       !memchr(value.data, '.', value.length);
	case KIND_TEXT:
	case KIND_ID:
		return insertable_text(value, column->limit);
	case KIND_TRACK:
		return insertable_text(value, TEXT_MAX);
	case KIND_BOOLEAN:
		return scan_kind(value) == SCAN_TRUE || scan_kind(value) == SCAN_FALSE;
	case KIND_OFFSET:
	case KIND_ALTITUDE:
	case KIND_NUMBER:
		break;
	}
	return insertable_number(value, -HUGE_VAL, HUGE_VAL);
}

/* `line` without its newline. */
static inline void insertable_record(const struct map_table *table, struct span line)
{
	const struct table *stored = table_find(table->name);
	const char *names[MAPPING_COLUMNS_MAX];
	struct scan_member members[MAPPING_COLUMNS_MAX];
	struct scan_keys keys;
	struct scan_error error;
	const char *last = line.data;

	for (size_t i = 0; i < table->count; i++)
		names[i] = table->columns[i].name;
	scan_keys_init(&keys, names, table->count);
	if (!scan_object(line, &keys, members, &error))
		insertable_broken(error.reason, line);
	for (size_t i = 0; i < table->count; i++) {
		const struct map_column *column = &table->columns[i];
		if (!members[i].value.data) {
			if (column->required || column->kind == KIND_TIME ||
				column->kind == KIND_KIT_ID)
				insertable_broken(column->name, line);
			continue;
		}
		if (members[i].key < last || !insertable_column(column, members[i].value) ||
			!insertable_storable(&stored->columns[i], members[i].value))
			insertable_broken(column->name, line);
		last = members[i].key;
	}
}

#endif
