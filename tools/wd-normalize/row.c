/* One record: what the rules of a table make of the members of a JSON object. */
#include "tools/wd-normalize/row.h"

#include "common/json.h"
#include "tools/wd-normalize/value.h"

#include <math.h>

/* Written with all its digits by json_put_number(); a bigint holds more. */
#define EPOCH_MAX 999999999999999.0

static bool usable(const struct source *source, enum kind kind, struct span value, double *number)
{
	if (!value_given(value))
		return false;
	if (source->read)
		return source->read(value, number);
	return kind != KIND_TIME || value_time(value, number);
}

/* Sets the first source that supplies the column, and what stands there; `total` for a share. */
static bool find_source(const struct row *row, const struct mapping *mapping, size_t index,
	struct cell *cell, struct span *total, double *number)
{
	const struct map_column *column = &mapping->table->columns[index];

	for (size_t i = 0; i < SOURCES_MAX && column->from[i].key; i++) {
		const struct source *source = &column->from[i];
		struct span value = row->members[mapping->slots[index][i]].value;
		if (!value.data || (source->track && !(source->track & row->track)) ||
			!usable(source, column->kind, value, number))
			continue;
		if (source->share != SHARE_NONE) {
			*total = row->members[mapping->parts[index][i]].value;
			if (!value_given(*total))
				continue;
		}
		cell->source = source;
		cell->raw = value;
		return true;
	}
	return false;
}

static void decide_sourced(
	struct row *row, const struct mapping *mapping, size_t index, const struct origin *origin)
{
	const struct map_column *column = &mapping->table->columns[index];
	struct cell *cell = &row->cells[index];
	struct span total = {0};
	double number = 0;

	if (!find_source(row, mapping, index, cell, &total, &number)) {
		if (column->kind == KIND_TIME)
			cell_take_reply_time(cell, origin, "the reply's time");
		return;
	}
	switch (column->kind) {
	case KIND_TIME:
		cell_take_time(cell, number, origin);
		break;
	case KIND_NUMBER:
		if (cell->source->share != SHARE_NONE)
			cell_take_share(cell, column, total);
		else
			cell_take_number(cell, column, row->track);
		break;
	case KIND_LATITUDE:
		cell_take_degrees(cell, column, 90);
		break;
	case KIND_LONGITUDE:
		cell_take_degrees(cell, column, 180);
		break;
	case KIND_INTEGER:
		cell_take_integer(cell, column, row->track, round, INT32_MIN, INT32_MAX);
		break;
	case KIND_EPOCH:
		cell_take_integer(cell, column, row->track, trunc, -EPOCH_MAX, EPOCH_MAX);
		break;
	case KIND_TEXT:
		cell_take_text(cell, column, &row->texts);
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

static void decide_cell(
	struct row *row, const struct mapping *mapping, size_t index, const struct origin *origin)
{
	struct cell *cell = &row->cells[index];

	switch (mapping->table->columns[index].kind) {
	case KIND_KIT_ID:
		cell->form = FORM_TEXT;
		cell->span = origin->kit_id;
		break;
	case KIND_OFFSET:
		cell->form = origin->offset.data ? FORM_NUMBER : FORM_NONE;
		cell->number = origin->offset_s;
		break;
	case KIND_TRACK:
		break;
	default:
		decide_sourced(row, mapping, index, origin);
	}
}

/* Comes first: other columns' sources depend on it. */
static void decide_track(struct row *row, const struct mapping *mapping)
{
	struct span total;
	double number;

	row->track = TRACK_DRONE;
	if (mapping->track_column == mapping->table->count)
		return;
	struct cell *cell = &row->cells[mapping->track_column];
	if (find_source(row, mapping, mapping->track_column, cell, &total, &number))
		row->track = TRACK_AIRCRAFT;
	cell->form = FORM_TEXT;
	cell->span = row->track == TRACK_AIRCRAFT ? SPAN("aircraft") : SPAN("drone");
}

/* 0, 0 is DragonSync's "unknown"; and half a position, or halves of two, are none. */
static void decide_position(struct row *row, const struct map_column *columns, size_t index)
{
	struct cell *lat = &row->cells[index], *lon = &row->cells[index + 1];
	const char *why = NULL;

	if (lat->form == FORM_NONE && lon->form == FORM_NONE)
		return;
	if (lat->form == FORM_NONE || lon->form == FORM_NONE)
		why = "half a position";
	else if (lat->source - columns[index].from != lon->source - columns[index + 1].from)
		why = "halves of two positions";
	else if (lat->number == 0 && lon->number == 0)
		why = "0, 0 is unknown";
	if (!why)
		return;
	cell_drop(lat, lat->form == FORM_NONE && lat->rule ? lat->rule : why);
	cell_drop(lon, lon->form == FORM_NONE && lon->rule ? lon->rule : why);
}

bool row_decide(struct row *row, const struct mapping *mapping, const struct origin *origin)
{
	const struct map_table *table = mapping->table;
	bool complete = true;

	mapping_find_nested(mapping, row->members);
	memset(row->cells, 0, table->count * sizeof(row->cells[0]));
	row->texts = (struct texts){row->text, 0, sizeof(row->text)};
	decide_track(row, mapping);
	for (size_t i = 0; i < table->count; i++) {
		decide_cell(row, mapping, i, origin);
		if (table->columns[i].required && row->cells[i].form == FORM_NONE)
			complete = false;
	}
	for (size_t i = 0; i < table->count; i++) {
		if (table->columns[i].kind == KIND_LATITUDE)
			decide_position(row, table->columns, i);
	}
	return complete;
}

bool row_holds_anything(const struct row *row, const struct map_table *table)
{
	for (size_t i = 0; i < table->count; i++) {
		if (row->cells[i].source)
			return true;
	}
	return false;
}

clock_us row_time(const struct row *row, const struct map_table *table)
{
	size_t i = 0;

	while (table->columns[i].kind != KIND_TIME)
		i++;
	return row->cells[i].time;
}

void row_write(const struct row *row, const struct mapping *mapping, struct buffer *out)
{
	json_open(out, mapping->table->name);
	for (size_t i = 0; i < mapping->table->count; i++) {
		if (row->cells[i].form == FORM_NONE)
			continue;
		buffer_add_span(out, mapping->heads[i]);
		cell_put(&row->cells[i], out);
	}
	json_close(out);
}
