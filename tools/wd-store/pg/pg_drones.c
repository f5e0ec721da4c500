/* Storing drones and their sightings. Only rows that were really inserted add to `points`: the
 * database returns their keys. The sightings that are sent after that depend on them, so that the
 * script contains another COPY. */
#include "common/base/xalloc.h"
#include "tools/wd-store/pg/pg.h"
#include "tools/wd-store/rows/sort.h"

#include <stdlib.h>

enum row_state {
	ROW_UNCHANGED,
	ROW_NEW,
	ROW_CHANGED,
};

/* Rows of the batch sorted by key, and what became of each. */
struct drones {
	const struct table_rows *rows;
	const struct value **order;
	unsigned char *states;
};

static void open_drones(struct drones *drones, const struct table_rows *rows, bool all_new)
{
	drones->rows = rows;
	drones->order = xcalloc(rows->count, sizeof(const struct value *));
	drones->states = xcalloc(rows->count, 1);
	sort_rows(&tables[TABLE_DRONE], rows, drones->order);
	memset(drones->states, all_new ? ROW_NEW : ROW_UNCHANGED, rows->count);
}

static void close_drones(struct drones *drones)
{
	free(drones->order);
	free(drones->states);
}

/* Find the row with the key of row `i` of `keys`; the number of rows if there is none. `likely` is
 * tried first: the database usually keeps the order. */
static size_t find_row(const struct drones *drones, const PGresult *keys, int i, size_t likely)
{
	const struct value key[] = {
		{VALUE_INTEGER, .integer = strtoll(PQgetvalue(keys, i, 0), NULL, 10)},
		{VALUE_TEXT, .text = span_of(PQgetvalue(keys, i, 1))},
		{VALUE_TEXT, .text = span_of(PQgetvalue(keys, i, 2))},
	};
	size_t low = 0, high = drones->rows->count;

	for (size_t middle = likely; low < high; middle = low + (high - low) / 2) {
		if (middle >= high)
			continue;
		int order = sort_compare(&tables[TABLE_DRONE], drones->order[middle], key);
		if (order == 0)
			return middle;
		if (order < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return drones->rows->count;
}

/* Read the keys that a statement returns, and set the state of their rows: `state`, or ROW_NEW where
 * a fourth column is true. */
static enum sink_result read_keys(
	struct pg_sink *pg, struct drones *drones, enum row_state state, size_t *count)
{
	PGresult *keys = PQgetResult(pg->conn);
	bool marks_new = keys && PQnfields(keys) > 3;
	size_t returned = keys ? (size_t)PQntuples(keys) : 0;

	*count += returned;
	if (returned == drones->rows->count && !marks_new) {
		memset(drones->states, (int)state, returned);
		return pg_check_kind(pg, keys, PGRES_TUPLES_OK);
	}
	size_t at = 0;
	for (int i = 0; i < PQntuples(keys); i++, at++) {
		at = find_row(drones, keys, i, at);
		if (at < drones->rows->count)
			drones->states[at] = marks_new && *PQgetvalue(keys, i, 3) == 't'
						     ? ROW_NEW
						     : (unsigned char)state;
	}
	return pg_check_kind(pg, keys, PGRES_TUPLES_OK);
}

/* Send the rows that were not new once more. */
static void copy_rest(struct pg_sink *pg, const struct drones *drones)
{
	const struct value **rest = xcalloc(drones->rows->count, sizeof(const struct value *));
	size_t count = 0;

	for (size_t i = 0; i < drones->rows->count; i++) {
		if (drones->states[i] != ROW_NEW)
			rest[count++] = drones->order[i];
	}
	pg_copy_sorted(pg, TABLE_DRONE, rest, count, NULL);
	free(rest);
}

/* Insert the rows that are new, and send the others again. */
static enum sink_result store_new(struct pg_sink *pg, struct drones *drones, size_t *changed)
{
	enum sink_result result = read_keys(pg, drones, ROW_NEW, changed);

	if (result == SINK_OK)
		result = pg_expect(pg, PGRES_COMMAND_OK, NULL);
	if (result == SINK_OK)
		result = pg_expect(pg, PGRES_COPY_IN, NULL);
	if (result != SINK_OK)
		return result;
	copy_rest(pg, drones);
	return pg_expect(pg, PGRES_COMMAND_OK, NULL);
}

/* The statements of a batch that goes through a temporary table, after its first COPY. */
static enum sink_result upsert(struct pg_sink *pg, struct drones *drones, size_t *changed)
{
	enum sink_result result = SINK_OK;

	*changed = 0;
	if (!pg->marks_new_drones)
		result = store_new(pg, drones, changed);
	return result == SINK_OK ? read_keys(pg, drones, ROW_CHANGED, changed) : result;
}

/* Of rows that are all new, which COPY into the table itself requires. */
static void add_new(struct pg_sink *pg, const struct value *row)
{
	sightings_add(&pg->sightings, row, pg->alters_drones);
}

static void aggregate(struct pg_sink *pg, const struct drones *drones, bool derive)
{
	sightings_clear(&pg->sightings, drones->rows->count);
	for (size_t i = 0; i < drones->rows->count; i++) {
		if (drones->states[i] != ROW_UNCHANGED)
			sightings_add(&pg->sightings, drones->order[i],
				derive || drones->states[i] == ROW_CHANGED);
	}
}

/* Answer the COPY of the sightings, and read the results of it and of two statements. */
static enum sink_result send_sightings(struct pg_sink *pg)
{
	enum sink_result result = pg_expect(pg, PGRES_COMMAND_OK, NULL);

	if (result == SINK_OK)
		result = pg_expect(pg, PGRES_COPY_IN, NULL);
	if (result == SINK_OK)
		pg_copy(pg, TABLE_SIGHTING, &pg->sightings.rows);
	for (int i = 0; i < 3 && result == SINK_OK; i++)
		result = pg_expect(pg, PGRES_COMMAND_OK, NULL);
	return result;
}

static enum sink_result store_sightings(struct pg_sink *pg)
{
	enum sink_result result = send_sightings(pg);

	pg->sightings_failed = result != SINK_OK;
	result = sink_check_derived(&pg->sink, TABLE_SIGHTING, result);
	return result == SINK_OK ? pg_expect(pg, PGRES_COMMAND_OK, NULL) : result;
}

/* Sightings are aggregated while the database stores the rows. If it stored fewer than it got (a trigger
 * drops some), any sighting may lack rows: all are derived from the table. */
static enum sink_result store_direct(struct pg_sink *pg, struct drones *drones, size_t *changed)
{
	sightings_clear(&pg->sightings, drones->rows->count);
	pg_copy_sorted(pg, TABLE_DRONE, drones->order, drones->rows->count, add_new);
	enum sink_result result = pg_expect(pg, PGRES_COMMAND_OK, changed);
	if (result == SINK_OK && *changed != drones->rows->count)
		aggregate(pg, drones, true);
	return result;
}

static enum sink_result store_staged(struct pg_sink *pg, struct drones *drones, size_t *changed)
{
	pg_copy_sorted(pg, TABLE_DRONE, drones->order, drones->rows->count, NULL);
	enum sink_result result = pg_expect(pg, PGRES_COMMAND_OK, NULL);
	if (result == SINK_OK)
		result = upsert(pg, drones, changed);
	if (result == SINK_OK)
		aggregate(pg, drones, pg->alters_drones);
	return result;
}

enum sink_result pg_store_drones(struct pg_sink *pg, const struct table_rows *rows)
{
	const bool direct = pg->direct[TABLE_DRONE];
	size_t *changed = &pg->changed[TABLE_DRONE];
	struct drones drones;

	open_drones(&drones, rows, direct);
	enum sink_result result =
		direct ? store_direct(pg, &drones, changed) : store_staged(pg, &drones, changed);
	close_drones(&drones);
	if (result == SINK_OK)
		result = store_sightings(pg);
	return result;
}

/* A view, a rule or a trigger before an insert; the triggers of TimescaleDB only route rows. Only an
 * ordinary table returns system columns. */
enum sink_result pg_read_drones(struct pg_sink *pg)
{
	PGresult *found = PQexec(pg->conn,
		"SELECT relkind NOT IN ('r','p') OR relhasrules OR EXISTS (SELECT FROM pg_trigger "
		"t "
		"JOIN pg_proc p ON p.oid=t.tgfoid JOIN pg_namespace n ON n.oid=p.pronamespace "
		"WHERE t.tgrelid=c.oid AND NOT t.tgisinternal AND t.tgtype & 2 = 2 "
		"AND n.nspname NOT LIKE '\\_timescaledb%'),"
		"relkind='r' AND relam=(SELECT oid FROM pg_am WHERE amname='heap') AND NOT EXISTS "
		"(SELECT FROM pg_extension WHERE extname IN ('timescaledb','citus')) "
		"FROM pg_class c WHERE c.oid=to_regclass('drones')");
	bool exists = PQntuples(found) > 0;

	pg->alters_drones =
		!pg->same_types[TABLE_DRONE] || (exists && *PQgetvalue(found, 0, 0) == 't');
	pg->marks_new_drones = exists && *PQgetvalue(found, 0, 1) == 't';
	return pg_check_result(pg, found);
}
