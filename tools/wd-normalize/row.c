/* One record: what the rules of a table make of the members of a JSON object. */
#include "tools/wd-normalize/row.h"

#include "common/json.h"
#include "tools/wd-normalize/value.h"

#include <math.h>

/* Written with all its digits by json_put_number(); a bigint holds more. */
#define EPOCH_MAX 999999999999999.0

/* What a column is made from. */
struct task {
	const struct map_column *column;
	const uint8_t *slots, *parts;
	const struct map_row *row;
	const struct origin *origin;
	struct text_arena *texts;
};

static struct task task_of(struct map_row *row, const struct mapping *mapping, size_t index,
	const struct origin *origin)
{
	return (struct task){&mapping->table->columns[index], mapping->slots[index],
		mapping->parts[index], row, origin, &row->texts};
}

static bool is_for(const struct map_source *source, unsigned variant)
{
	return (variant & source->only) == source->only && !(variant & source->except);
}

static bool usable(
	const struct map_source *source, enum map_kind kind, struct span value, double *number)
{
	if (!value_given(value))
		return false;
	if (source->read)
		return source->read(value, number);
	return kind != KIND_TIME || value_time(value, number);
}

/* Convert cell->raw, which is given; `number` is what `usable` read, `total` belongs to a share. */
static inline void convert(
	const struct task *task, struct map_cell *cell, double number, struct span total)
{
	const struct map_column *column = task->column;
	unsigned variant = task->row->variant;

	switch (column->kind) {
	case KIND_TIME:
		cell_take_time(cell, number, task->origin);
		break;
	case KIND_NUMBER:
	case KIND_ALTITUDE:
		if (cell->source->share != SHARE_NONE)
			cell_take_share(cell, column, total);
		else
			cell_take_number(cell, column, variant);
		break;
	case KIND_LATITUDE:
		cell_take_degrees(cell, column, 90);
		break;
	case KIND_LONGITUDE:
		cell_take_degrees(cell, column, 180);
		break;
	case KIND_INTEGER:
		cell_take_integer(cell, column, variant, round, INT32_MIN, INT32_MAX);
		break;
	case KIND_EPOCH:
		cell_take_integer(cell, column, variant, trunc, -EPOCH_MAX, EPOCH_MAX);
		break;
	case KIND_TEXT:
	case KIND_ID:
		cell_take_text(cell, column, task->texts);
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

/* Most sources are not. */
static inline bool is_present(const struct task *task, size_t i)
{
	return task->row->members[task->slots[i]].value.data != NULL;
}

/* Make `cell` from the source `i`, whose key is present. Return false, with `cell` as it was, if
 * its value is not. */
static inline bool take_source(const struct task *task, size_t i, struct map_cell *cell)
{
	const struct map_source *source = &task->column->from[i];
	const struct scan_member *members = task->row->members;
	struct span value = members[task->slots[i]].value, total = {0};
	double number = 0;

	if (!is_for(source, task->row->variant) ||
		!usable(source, task->column->kind, value, &number))
		return false;
	if (source->share != SHARE_NONE) {
		total = members[task->parts[i]].value;
		if (!value_given(total))
			return false;
	}
	cell->form = FORM_NONE;
	cell->rule = NULL;
	cell->source = source;
	cell->raw = value;
	convert(task, cell, number, total);
	return true;
}

/* Make `cell` from the first source, from `first` on, whose value no rule discards. If all are
 * discarded, the cell shows the first of them. */
static inline void decide_sourced(const struct task *task, size_t first, struct map_cell *cell)
{
	const struct map_source *from = task->column->from;
	struct map_cell later;

	for (size_t i = first; i < SOURCES_MAX && from[i].key; i++) {
		struct map_cell *attempt = cell->source ? &later : cell;
		if (!is_present(task, i) || !take_source(task, i, attempt) ||
			attempt->form == FORM_NONE)
			continue;
		if (attempt != cell)
			*cell = *attempt;
		return;
	}
	if (task->column->kind == KIND_TIME)
		cell_take_reply_time(
			cell, task->origin, cell->rule ? cell->rule : "the reply's time");
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

/* Latitude and longitude from the first source that has both. */
static void decide_position(
	const struct task *latitude, const struct task *longitude, struct map_cell *lat)
{
	const struct map_source *from = latitude->column->from;
	struct map_cell *lon = lat + 1;

	for (size_t i = 0; i < SOURCES_MAX && from[i].key; i++) {
		struct map_cell later[2] = {{0}};
		struct map_cell *pair = lat->source || lon->source ? later : lat;
		bool has_lat = is_present(latitude, i) && take_source(latitude, i, &pair[0]);
		bool has_lon = is_present(longitude, i) && take_source(longitude, i, &pair[1]);
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

static void decide_cell(struct map_row *row, const struct mapping *mapping, size_t index,
	const struct origin *origin)
{
	const struct map_column *column = &mapping->table->columns[index];
	struct map_cell *cell = &row->cells[index];
	struct task task = task_of(row, mapping, index, origin);
	struct task next;

	switch (column->kind) {
	case KIND_KIT_ID:
		cell->form = FORM_TEXT;
		cell->span = origin->kit_id;
		break;
	case KIND_OFFSET:
		cell->form = origin->offset.data ? FORM_NUMBER : FORM_NONE;
		cell->number = origin->offset_s;
		break;
	case KIND_TRACK:
		decide_sourced(&task, 0, cell);
		cell->form = FORM_TEXT;
		cell->span = row->variant & VARIANT_AIRCRAFT ? SPAN("aircraft") : SPAN("drone");
		break;
	case KIND_LATITUDE:
		next = task_of(row, mapping, index + 1, origin);
		decide_position(&task, &next, cell);
		break;
	case KIND_LONGITUDE:
		break;
	case KIND_ALTITUDE:
		decide_sourced(&task, source_number(column - 2, cell - 2), cell);
		if (cell[-2].source && cell[-2].form == FORM_NONE && cell_is_zero(cell))
			cell_drop(cell, "0 without a position: unknown");
		break;
	default:
		decide_sourced(&task, 0, cell);
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

static unsigned variant_of(
	const struct map_row *row, const struct mapping *mapping, const struct origin *origin)
{
	const struct map_variant *variants = mapping->table->variants;
	unsigned variant = origin->is_mqtt ? VARIANT_MQTT : 0;

	for (size_t i = 0; i < VARIANTS_MAX && variants[i].variant; i++) {
		if (is_of_variant(row, &variants[i], mapping->variants[i]))
			variant |= variants[i].variant;
	}
	return variant;
}

bool row_decide(struct map_row *row, const struct mapping *mapping, const struct origin *origin)
{
	const struct map_table *table = mapping->table;
	bool complete = true;

	mapping_find_nested(mapping, row->members);
	memset(row->cells, 0, table->count * sizeof(row->cells[0]));
	row->texts = (struct text_arena){row->text, 0, sizeof(row->text)};
	row->variant = variant_of(row, mapping, origin);
	for (size_t i = 0; i < table->count; i++)
		decide_cell(row, mapping, i, origin);
	if (table->finish)
		table->finish(row);
	for (size_t i = 0; i < table->count; i++)
		complete &= !table->columns[i].required || row->cells[i].form != FORM_NONE;
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

/* A copy of fixed size needs no call of memcpy(): each head has room behind it. */
static void put_head(struct span head, struct buffer *out)
{
	char *at = buffer_reserve(out, COLUMN_HEAD_MAX);

	if (at) {
		memcpy(at, head.data, COLUMN_HEAD_MAX);
		out->length += head.length;
	}
}

void row_write(const struct map_row *row, const struct mapping *mapping, struct buffer *out)
{
	json_open(out, mapping->table->name);
	for (size_t i = 0; i < mapping->table->count; i++) {
		if (row->cells[i].form == FORM_NONE)
			continue;
		put_head(mapping->heads[i], out);
		cell_put(&row->cells[i], out);
	}
	json_close(out);
}
