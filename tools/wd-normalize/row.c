/* One record: what the rules of a table make of the members of a JSON object. */
#include "tools/wd-normalize/row.h"

#include "common/json.h"
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

/* Return whether the value of a source is present. `*number` is what a source of an unusual form, or
 * a time, was read as. */
static inline bool is_usable(
	const struct map_source *source, enum map_kind kind, struct span value, double *number)
{
	if (!value_given(value))
		return false;
	if (source->read)
		return source->read(value, number);
	return kind != KIND_TIME || value_time(value, number);
}

/* What take_value() knows of a value: `number` is what is_usable() read, `total` belongs to a share.
 */
struct map_value {
	const struct scan_member *member;
	double number;
	struct span total;
};

/* Convert cell->raw, which is given. */
static inline void convert(struct map_row *row, const struct map_column *column,
	struct map_cell *cell, const struct map_value *value)
{
	switch (column->kind) {
	case KIND_TIME:
		cell_take_time(cell, value->number, row->origin);
		break;
	case KIND_NUMBER:
	case KIND_ALTITUDE:
		if (cell->source->share != SHARE_NONE)
			cell_take_share(cell, column, value->total);
		else
			cell_take_number(cell, column, row->variant);
		break;
	case KIND_LATITUDE:
		cell_take_degrees(cell, column, 90);
		break;
	case KIND_LONGITUDE:
		cell_take_degrees(cell, column, 180);
		break;
	case KIND_INTEGER:
		cell_take_integer(cell, column, row->variant, round, INT32_MIN, INT32_MAX);
		break;
	case KIND_EPOCH:
		cell_take_integer(cell, column, row->variant, trunc, -EPOCH_MAX, EPOCH_MAX);
		break;
	case KIND_TEXT:
	case KIND_ID:
		cell_take_text(cell, column, value->member->is_plain, &row->texts);
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

/* Make `cell` from the source `i` of the column `index`, whose key is present. Return false, with
 * `cell` as it was, if its value is not. */
static bool take_value(struct map_row *row, size_t index, size_t i, struct map_cell *cell)
{
	const struct mapping *mapping = row->mapping;
	const struct map_column *column = &mapping->table->columns[index];
	const struct map_source *source = &column->from[i];
	struct map_value value = {.member = &row->members[mapping->slots[index][i]]};

	if (!is_usable(source, column->kind, value.member->value, &value.number))
		return false;
	if (source->share != SHARE_NONE) {
		value.total = row->members[mapping->parts[index][i]].value;
		if (!value_given(value.total))
			return false;
	}
	cell->form = FORM_NONE;
	cell->rule = NULL;
	cell->source = source;
	cell->raw = value.member->value;
	convert(row, column, cell, &value);
	return true;
}

/* The same where the key may be absent, as most are, or be for other variants. */
static inline bool take_source(struct map_row *row, size_t index, size_t i, struct map_cell *cell)
{
	const struct map_source *source = &row->mapping->table->columns[index].from[i];

	return row->members[row->mapping->slots[index][i]].value.data &&
	       is_for(source, row->variant) && take_value(row, index, i, cell);
}

/* Make the cell from the first source, from `first` on, whose value no rule discards. If all are
 * discarded, the cell shows the first of them. */
static void decide_sourced(struct map_row *row, size_t index, size_t first)
{
	const struct map_source *from = row->mapping->table->columns[index].from;
	struct map_cell *cell = &row->cells[index];
	struct map_cell later;

	for (size_t i = first; i < SOURCES_MAX && from[i].key; i++) {
		struct map_cell *attempt = cell->source ? &later : cell;
		if (!take_source(row, index, i, attempt) || attempt->form == FORM_NONE)
			continue;
		if (attempt != cell)
			*cell = *attempt;
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
	const struct map_source *from = row->mapping->table->columns[index].from;
	struct map_cell *lat = &row->cells[index], *lon = lat + 1;
	struct map_cell later[2];

	for (size_t i = 0; i < SOURCES_MAX && from[i].key; i++) {
		struct map_cell *pair = lat->source || lon->source ? later : lat;
		if (pair == later)
			memset(later, 0, sizeof(later));
		bool has_lat = take_source(row, index, i, &pair[0]);
		bool has_lon = take_source(row, index + 1, i, &pair[1]);
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
