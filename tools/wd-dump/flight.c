#include "tools/wd-dump/flight.h"

#include "common/base/xalloc.h"
#include "common/lines/json.h"

#include <math.h>
#include <stdlib.h>

static const struct table *const table = &tables[TABLE_SIGHTING];

/* Indexes into `table`. */
static struct {
	bool found;
	size_t group_time[COLUMNS_MAX]; /* of each column: the time of its group */
	size_t merged[COLUMNS_MAX];     /* of each column of a flight: where it comes from */
	size_t first_lat, first_lon, last_lat, last_lon, last_pos_time;
} columns;

static void find_columns(void)
{
	for (size_t c = 0; c < table->count; c++) {
		if (table->columns[c].group)
			columns.group_time[c] = table_column(table, table->columns[c].group->time);
	}
	for (size_t c = FLIGHT_MERGED; c < flight_table.count; c++)
		columns.merged[c] = table_column(table, flight_table.columns[c].name);
	columns.first_lat = table_column(table, "first_lat");
	columns.first_lon = table_column(table, "first_lon");
	columns.last_lat = table_column(table, "last_lat");
	columns.last_lon = table_column(table, "last_lon");
	columns.last_pos_time = table_column(table, "last_pos_time");
	columns.found = true;
}

static void copy_cell(struct cell *to, const struct cell *from)
{
	*to = *from;
	if (from->kind == CELL_TEXT)
		to->text.data = xstrndup(from->text.data, from->text.length);
}

static void free_cell(struct cell *cell)
{
	if (cell->kind == CELL_TEXT)
		free((char *)cell->text.data);
}

struct flight *flight_new(const struct row *sighting)
{
	struct flight *flight = xcalloc(1, sizeof(*flight));

	if (!columns.found)
		find_columns();
	for (size_t c = 0; c < table->count; c++)
		copy_cell(&flight->cells[c], &sighting->cells[c]);
	flight->kits = xmalloc(sizeof(*flight->kits));
	flight->kits[0] = xstrdup(flight->cells[SIGHTING_KIT].text.data);
	flight->kit_count = 1;
	return flight;
}

void flight_free(struct flight *flight)
{
	for (size_t c = 0; c < table->count; c++)
		free_cell(&flight->cells[c]);
	for (size_t i = 0; i < flight->kit_count; i++)
		free(flight->kits[i]);
	free(flight->kits);
	free(flight);
}

clock_us flight_started(const struct flight *flight)
{
	return flight->cells[SIGHTING_FIRST].integer;
}

clock_us flight_ended(const struct flight *flight)
{
	return flight->cells[SIGHTING_LAST].integer;
}

struct span flight_drone(const struct flight *flight)
{
	return flight->cells[SIGHTING_DRONE].text;
}

static double number_of(const struct cell *cell)
{
	return cell->kind == CELL_REAL ? cell->real : (double)cell->integer;
}

static bool is_less(const struct cell *a, const struct cell *b)
{
	if (a->kind == CELL_TEXT)
		return strcmp(a->text.data, b->text.data) < 0;
	if (a->kind == CELL_INTEGER && b->kind == CELL_INTEGER)
		return a->integer < b->integer;
	return number_of(a) < number_of(b);
}

/* Whether the cell of `more` replaces the one that is there. */
static bool replaces(enum column_merge merge, const struct cell *there, const struct cell *more)
{
	if (more->kind == CELL_NULL || there->kind == CELL_NULL)
		return more->kind != CELL_NULL;
	return merge == MERGE_MINIMUM ? is_less(more, there) : is_less(there, more);
}

/* Return the order of two cells; null comes last, as in PostgreSQL's arrays. */
static int compare(const struct cell *a, const struct cell *b)
{
	if (a->kind == CELL_NULL || b->kind == CELL_NULL)
		return (a->kind == CELL_NULL) - (b->kind == CELL_NULL);
	return is_less(b, a) - is_less(a, b);
}

/* Whether the group of column `c`, its first one, is replaced: if its time is, or if the times are
 * equal and the values, compared one after the other, are lower (of the oldest) or higher. */
static bool group_replaces(size_t c, const struct flight *flight, const struct flight *more)
{
	size_t time = columns.group_time[c];
	bool oldest = table->columns[time].merge == MERGE_MINIMUM;
	int order = 0;

	if (more->cells[time].kind == CELL_NULL || flight->cells[time].kind == CELL_NULL)
		return more->cells[time].kind != CELL_NULL;
	order = compare(&more->cells[time], &flight->cells[time]);
	for (; c < time && order == 0; c++)
		order = compare(&more->cells[c], &flight->cells[c]);
	return oldest ? order < 0 : order > 0;
}

static void add_kit(struct flight *flight, const char *kit)
{
	size_t at = 0;

	while (at < flight->kit_count && strcmp(flight->kits[at], kit) < 0)
		at++;
	if (at < flight->kit_count && strcmp(flight->kits[at], kit) == 0)
		return;
	flight->kits = xrealloc(flight->kits, (flight->kit_count + 1) * sizeof(*flight->kits));
	memmove(flight->kits + at + 1, flight->kits + at,
		(flight->kit_count - at) * sizeof(*flight->kits));
	flight->kits[at] = xstrdup(kit);
	flight->kit_count++;
}

void flight_merge(struct flight *flight, const struct flight *more)
{
	const struct column_group *group = NULL;
	bool newer = false;

	for (size_t c = SIGHTING_DRONE + 1; c < table->count; c++) {
		const struct column *column = &table->columns[c];
		struct cell *there = &flight->cells[c];
		if (column->group && column->group != group)
			newer = group_replaces(c, flight, more);
		group = column->group;
		if (column->merge == MERGE_SUM) {
			there->integer += more->cells[c].integer;
		} else if (group ? newer : replaces(column->merge, there, &more->cells[c])) {
			free_cell(there);
			copy_cell(there, &more->cells[c]);
		}
	}
	for (size_t i = 0; i < more->kit_count; i++)
		add_kit(flight, more->kits[i]);
}

static bool place_of(const struct cell *lat, const struct cell *lon, struct position *place)
{
	*place = (struct position){number_of(lat), number_of(lon)};
	return lat->kind != CELL_NULL && lon->kind != CELL_NULL;
}

bool flight_leg_of(const struct row *sighting, struct flight_leg *leg)
{
	const struct cell *cells = sighting->cells;

	leg->time = cells[columns.last_pos_time].integer;
	return place_of(&cells[columns.first_lat], &cells[columns.first_lon], &leg->first) &&
	       place_of(&cells[columns.last_lat], &cells[columns.last_lon], &leg->last);
}

void flight_add_leg(struct flight *flight, const struct flight_leg *leg)
{
	flight->path_m +=
		geodesy_distance_m(flight->is_placed ? flight->place : leg->first, leg->last);
	flight->is_placed = true;
	flight->place = leg->last;
}

static struct span put_kits(const struct flight *flight, struct buffer *kits)
{
	kits->length = 0;
	for (size_t i = 0; i < flight->kit_count; i++) {
		buffer_add_char(kits, i ? ',' : '[');
		json_put_text(kits, span_of(flight->kits[i]));
	}
	buffer_add_char(kits, ']');
	return buffer_span(kits);
}

void flight_row(const struct flight *flight, struct row *row, struct buffer *kits)
{
	clock_us duration = flight_ended(flight) - flight_started(flight);

	row->table = &flight_table;
	row->cells[FLIGHT_STARTED] = flight->cells[SIGHTING_FIRST];
	row->cells[FLIGHT_DRONE] = flight->cells[SIGHTING_DRONE];
	row->cells[FLIGHT_ENDED] = flight->cells[SIGHTING_LAST];
	row->cells[FLIGHT_DURATION] =
		(struct cell){CELL_REAL, .real = (double)duration / (double)CLOCK_SECOND_US};
	row->cells[FLIGHT_KITS] = (struct cell){CELL_TEXT, .text = put_kits(flight, kits)};
	row->cells[FLIGHT_PATH] = flight->is_placed
					  ? (struct cell){CELL_REAL, .real = rint(flight->path_m)}
					  : (struct cell){CELL_NULL};
	for (size_t c = FLIGHT_MERGED; c < flight_table.count; c++)
		row->cells[c] = flight->cells[columns.merged[c]];
}
