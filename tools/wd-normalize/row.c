/* One record: what the rules of a table make of the members of a JSON object. */
#include "tools/wd-normalize/row.h"

#include "common/lines/json.h"
#include "tools/wd-normalize/value.h"

#include <math.h>

/* Written with all its digits by json_put_number(); a bigint holds more. */
#define EPOCH_MAX 999999999999999.0

enum {
	TOKEN_SHORT = 32, /* copied as if they were all this long */
};

static bool is_for(const struct map_source *source, unsigned variant)
{
	return (variant & source->only) == source->only && !(variant & source->except);
}

/* Return the other value of a share. */
static struct span total_of(
	const struct map_row *row, const struct map_column *column, const struct map_source *source)
{
	const struct mapping *mapping = row->mapping;

	return row->members[mapping->parts[column - mapping->table->columns][source - column->from]]
		.value;
}

static bool read_time(const struct scan_member *member, double *number)
{
	*number = member->number;
	return member->form == SCAN_FORM_DECIMAL || value_time(member->value, number);
}

/* The same as value_given(): the form shows it for most values. */
static inline bool is_given(const struct scan_member *member)
{
	return member->form == SCAN_FORM_DECIMAL || value_given(member->value);
}

/* Return whether the value of a source is present. `*number` is what a source of an unusual form, or
 * a time, was read as. */
static inline bool is_usable(const struct map_row *row, const struct map_column *column,
	const struct map_source *source, const struct scan_member *member, double *number)
{
	if (!is_given(member))
		return false;
	if (source->read)
		return source->read(member->value, number);
	if (source->share != SHARE_NONE)
		return value_given(total_of(row, column, source));
	return column->kind != KIND_TIME || read_time(member, number);
}

/* Convert cell->raw, the value of `member`, which is given. */
static inline void convert(struct map_row *row, const struct map_column *column,
	const struct scan_member *member, struct map_cell *cell)
{
	switch (column->kind) {
	case KIND_TIME:
		cell_take_time(cell, cell->number, row->origin);
		break;
	case KIND_NUMBER:
	case KIND_ALTITUDE:
		if (cell->source->share != SHARE_NONE)
			cell_take_share(cell, column, total_of(row, column, cell->source));
		else
			cell_take_number(cell, member, column, row->variant);
		break;
	case KIND_LATITUDE:
		cell_take_degrees(cell, member, column, 90);
		break;
	case KIND_LONGITUDE:
		cell_take_degrees(cell, member, column, 180);
		break;
	case KIND_INTEGER:
		cell_take_integer(cell, member, column, row->variant, round, INT32_MIN, INT32_MAX);
		break;
	case KIND_EPOCH:
		cell_take_integer(cell, member, column, row->variant, trunc, -EPOCH_MAX, EPOCH_MAX);
		break;
	case KIND_TEXT:
	case KIND_ID:
		cell_take_text(cell, member, column, &row->texts);
		break;
	case KIND_BOOLEAN:
		cell_take_flag(cell);
		break;
	case KIND_TRACK:
	case KIND_KIT_ID:
	case KIND_OFFSET:
		break;
	}
}

/* Return the member that the source `i` of a column names, or NULL. Most sources have none: their
 * keys are absent, or they are for other variants. */
static inline const struct scan_member *member_of(
	const struct map_row *row, const struct map_column *column, const uint8_t *slots, size_t i)
{
	const struct scan_member *member = &row->members[slots[i]];

	return member->value.data && is_for(&column->from[i], row->variant) ? member : NULL;
}

/* Make `cell` from `member`, which the source names. Return false, with the cell's form and source as
 * they were, if its value is not present. */
static bool take_member(struct map_row *row, const struct map_column *column,
	const struct map_source *source, const struct scan_member *member, struct map_cell *cell)
{
	if (!is_usable(row, column, source, member, &cell->number))
		return false;
	cell->form = FORM_NONE;
	cell->rule = NULL;
	cell->source = source;
	cell->raw = member->value;
	convert(row, column, member, cell);
	return true;
}

static inline bool take_source(struct map_row *row, const struct map_column *column,
	const uint8_t *slots, size_t i, struct map_cell *cell)
{
	const struct scan_member *member = member_of(row, column, slots, i);

	return member && take_member(row, column, &column->from[i], member, cell);
}

/* Make `cell`, whose value a rule has discarded, from a source from `i` on. If all are discarded,
 * the cell shows the first of them. */
static void take_other_source(struct map_row *row, const struct map_column *column,
	const uint8_t *slots, size_t i, struct map_cell *cell)
{
	struct map_cell later = {0};

	for (; column->from[i].key; i++) {
		if (take_source(row, column, slots, i, &later) && later.form != FORM_NONE) {
			*cell = later;
			return;
		}
	}
}

/* Make the cell from the first source, from `first` on, whose value no rule discards. */
static inline void decide_sourced(struct map_row *row, size_t index, size_t first)
{
	const struct map_column *column = &row->mapping->table->columns[index];
	const uint8_t *slots = row->mapping->slots[index];
	struct map_cell *cell = &row->cells[index];

	for (size_t i = first; column->from[i].key; i++) {
		if (!take_source(row, column, slots, i, cell))
			continue;
		if (cell->form == FORM_NONE)
			take_other_source(row, column, slots, i + 1, cell);
		return;
	}
}

static void decide_time(struct map_row *row, size_t index)
{
	struct map_cell *cell = &row->cells[index];

	decide_sourced(row, index, 0);
	if (cell->form == FORM_NONE)
		cell_take_reply_time(
			cell, row->origin, cell->rule ? cell->rule : "the reply's time");
}

/* 0, 0 is DragonSync's "unknown". */
static const char *position_fault(const struct map_cell *lat, const struct map_cell *lon)
{
	if (lat->form == FORM_NONE || lon->form == FORM_NONE)
		return "half a position";
	return lat->number == 0 && lon->number == 0 ? "0, 0 is unknown" : NULL;
}

static void drop_position(struct map_cell pair[2], const char *fault)
{
	for (size_t n = 0; n < 2; n++) {
		if (pair[n].form != FORM_NONE || !pair[n].rule)
			cell_drop(&pair[n], fault);
	}
}

/* Latitude and longitude, the columns `index` and `index` + 1, from the first source that has
 * both. */
static void decide_position(struct map_row *row, size_t index)
{
	const struct map_column *latitude = &row->mapping->table->columns[index];
	const uint8_t *slots = row->mapping->slots[index];
	const uint8_t *slots_of_longitude = row->mapping->slots[index + 1];
	struct map_cell *lat = &row->cells[index], *lon = lat + 1;
	struct map_cell later[2];

	for (size_t i = 0; latitude->from[i].key; i++) {
		struct map_cell *pair = lat->source || lon->source ? later : lat;
		if (pair == later)
			memset(later, 0, sizeof(later));
		bool has_lat = take_source(row, latitude, slots, i, &pair[0]);
		bool has_lon = take_source(row, latitude + 1, slots_of_longitude, i, &pair[1]);
		if (!has_lat && !has_lon)
			continue;
		const char *fault = position_fault(&pair[0], &pair[1]);
		if (!fault && pair == later)
			memcpy(lat, later, sizeof(later));
		if (!fault)
			return;
		drop_position(pair, fault);
	}
}

/* Return the number of the source that the cell's value is from, 0 if it has none. */
static size_t source_number(const struct map_column *column, const struct map_cell *cell)
{
	return cell->form == FORM_NONE ? 0 : (size_t)(cell->source - column->from);
}

static void decide_altitude(struct map_row *row, size_t index)
{
	struct map_cell *cell = &row->cells[index];
	const struct map_cell *latitude = cell - 2;

	decide_sourced(
		row, index, source_number(&row->mapping->table->columns[index - 2], latitude));
	if (latitude->source && latitude->form == FORM_NONE && cell_is_zero(cell))
		cell_drop(cell, "0 without a position: unknown");
}

static void decide_cell(struct map_row *row, size_t index)
{
	struct map_cell *cell = &row->cells[index];
	const struct origin *origin = row->origin;

	switch (row->mapping->table->columns[index].kind) {
	case KIND_TIME:
		decide_time(row, index);
		break;
	case KIND_KIT_ID:
		cell->form = FORM_TEXT;
		cell->span = origin->kit_id;
		break;
	case KIND_OFFSET:
		cell->form = origin->offset.data ? FORM_NUMBER : FORM_NONE;
		cell->number = origin->offset_s;
		break;
	case KIND_TRACK:
		decide_sourced(row, index, 0);
		cell->form = FORM_TOKEN;
		cell->span =
			row->variant & VARIANT_AIRCRAFT ? SPAN("\"aircraft\"") : SPAN("\"drone\"");
		break;
	case KIND_LATITUDE:
		decide_position(row, index);
		break;
	case KIND_LONGITUDE:
		break;
	case KIND_ALTITUDE:
		decide_altitude(row, index);
		break;
	default:
		decide_sourced(row, index, 0);
	}
}

static bool is_of_variant(
	const struct map_row *row, const struct map_variant *variant, const uint8_t *slots)
{
	double flag;

	for (size_t i = 0; i < SOURCES_MAX && variant->when[i].key; i++) {
		struct span value = row->members[slots[i]].value;
		if (value.data && value_given(value) && variant->when[i].read(value, &flag))
			return true;
	}
	return false;
}

static unsigned variant_of(const struct map_row *row)
{
	const struct map_variant *variants = row->mapping->table->variants;
	unsigned variant = row->origin->is_mqtt ? VARIANT_MQTT : 0;

	for (size_t i = 0; i < VARIANTS_MAX && variants[i].variant; i++) {
		if (is_of_variant(row, &variants[i], row->mapping->variants[i]))
			variant |= variants[i].variant;
	}
	return variant;
}

static uint64_t columns_of(const struct map_row *row)
{
	const struct mapping *mapping = row->mapping;
	uint64_t columns = mapping->always;

	for (size_t i = 0; i < mapping->count; i++)
		columns |= row->members[i].value.data ? mapping->fed_by[i] : 0;
	return columns;
}

/* Return the first of `columns`, and remove it. */
static inline size_t next_column(uint64_t *columns)
{
	size_t index = (size_t)__builtin_ctzll(*columns);

	*columns &= *columns - 1;
	return index;
}

bool row_decide(struct map_row *row, struct mapping *mapping, const struct origin *origin)
{
	const struct map_table *table = mapping->table;
	bool complete = true;

	mapping_find_nested(mapping, row->members);
	memset(row->cells, 0, table->count * sizeof(row->cells[0]));
	row->texts = (struct text_arena){row->text, 0, sizeof(row->text)};
	row->mapping = mapping;
	row->origin = origin;
	row->variant = variant_of(row);
	row->columns = columns_of(row);
	for (uint64_t left = row->columns; left;)
		decide_cell(row, next_column(&left));
	if (table->finish)
		table->finish(row);
	for (uint64_t left = mapping->required; left;)
		complete &= row->cells[next_column(&left)].form != FORM_NONE;
	return complete;
}

bool row_holds_anything(const struct map_row *row, const struct map_table *table)
{
	for (size_t i = 0; i < table->count; i++) {
		if (row->cells[i].source)
			return true;
	}
	return false;
}

clock_us row_time(const struct map_row *row, const struct map_table *table)
{
	size_t i = 0;

	while (table->columns[i].kind != KIND_TIME)
		i++;
	return row->cells[i].time;
}

/* Copies of fixed size need no call of memcpy(): each head has room behind it, and so have most
 * tokens, in the record that they are part of. */
static void put_column(
	const struct map_row *row, size_t index, const char *record_end, struct buffer *out)
{
	const struct map_cell *cell = &row->cells[index];
	struct span head = row->mapping->heads[index];
	char *at = buffer_reserve(out, COLUMN_HEAD_MAX + TOKEN_SHORT);

	if (!at)
		return;
	memcpy(at, head.data, COLUMN_HEAD_MAX);
	out->length += head.length;
	if (cell->form == FORM_TOKEN && cell->span.data == cell->raw.data &&
		cell->span.length <= TOKEN_SHORT && record_end - cell->span.data >= TOKEN_SHORT) {
		memcpy(at + head.length, cell->span.data, TOKEN_SHORT);
		out->length += cell->span.length;
	} else {
		cell_put(cell, out);
	}
}

void row_write(const struct map_row *row, const struct mapping *mapping, struct buffer *out)
{
	const char *record_end = row->record.data + row->record.length;

	json_open(out, mapping->table->name);
	for (uint64_t left = row->columns; left;) {
		size_t i = next_column(&left);
		if (row->cells[i].form != FORM_NONE)
			put_column(row, i, record_end, out);
	}
	json_close(out);
}
