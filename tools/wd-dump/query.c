/* The query that reads a table. */
#include "tools/wd-dump/query.h"

#include "common/record/record.h"

#include <stdlib.h>

static bool has(const struct table *table, const bool *exists, const char *name)
{
	size_t c = table_column(table, name);

	return c < table->count && exists[c];
}

/* The time at which a kit's status was set. Older databases have only last_seen. */
static const char *state_time(const struct table *table, const bool *exists)
{
	if (!has(table, exists, "status_time"))
		return "last_seen";
	return has(table, exists, "last_seen") ? "coalesce(status_time, last_seen)" : "status_time";
}

static const char *source_of(size_t t, const struct column *column, const bool *exists)
{
	bool is_state_time = t == TABLE_KIT_STATUS && column->kind == COLUMN_TIME && column->from;

	return is_state_time ? state_time(&tables[t], exists) : column->name;
}

/* The type in which rows are read; columns of other programs' tables may have another. */
static const char *cast_of(enum column_kind kind)
{
	switch (kind) {
	case COLUMN_TIME:
		return "timestamptz";
	case COLUMN_REAL:
		return "float8";
	case COLUMN_INTEGER:
	case COLUMN_BIGINT:
		return "int8";
	case COLUMN_BOOLEAN:
		return "bool";
	default:
		return "text";
	}
}

static void put_column(struct buffer *sql, enum dialect dialect, size_t t,
	const struct column *column, const bool *exists)
{
	const char *source = source_of(t, column, exists);
	bool is_missing = !exists[column - tables[t].columns] && source == column->name;

	if (is_missing)
		source = "NULL";
	/* A line without the column means true. */
	if (column->absent == ABSENT_TRUE)
		buffer_printf(sql, "coalesce(%s, TRUE)", source);
	else if (column->absent == ABSENT_FIRST)
		buffer_printf(sql, "coalesce(%s, '%s')", source, column->among[0]);
	else if (column->kind == COLUMN_TAGS && dialect == DIALECT_POSTGRESQL && !is_missing)
		buffer_printf(sql, "to_json(%s)", source);
	else
		buffer_add_text(sql, source);
	if (dialect == DIALECT_POSTGRESQL)
		buffer_printf(sql, "::%s", cast_of(column->kind));
	buffer_printf(sql, " AS %s", column->name);
}

static void put_parameter(struct query *query, enum dialect dialect, const char *value)
{
	query->parameters[query->count++] = value;
	buffer_printf(
		&query->sql, "%c%zu", dialect == DIALECT_POSTGRESQL ? '$' : '?', query->count);
}

static void begin_condition(struct query *query, bool *first)
{
	buffer_add_text(&query->sql, *first ? " WHERE " : " AND ");
	*first = false;
}

static void put_values(struct query *query, enum dialect dialect, const struct opt_list *list)
{
	buffer_add_text(&query->sql, " IN (");
	for (size_t i = 0; i < list->count; i++) {
		if (i)
			buffer_add_char(&query->sql, ',');
		put_parameter(query, dialect, list->items[i]);
	}
	buffer_add_char(&query->sql, ')');
}

static void put_list(struct query *query, enum dialect dialect, const char *column,
	const struct opt_list *list, bool *first)
{
	if (!list->count)
		return;
	begin_condition(query, first);
	buffer_add_text(&query->sql, column);
	put_values(query, dialect, list);
}

/* An event belongs to each kit in its list. */
static void put_received_by(
	struct query *query, enum dialect dialect, const struct opt_list *kits, bool *first)
{
	bool in_list = true;

	if (!kits->count)
		return;
	begin_condition(query, first);
	buffer_printf(&query->sql, "EXISTS (SELECT 1 FROM %s AS kit",
		dialect == DIALECT_POSTGRESQL ? "unnest(kit_ids)" : "json_each(kit_ids)");
	begin_condition(query, &in_list);
	buffer_add_text(&query->sql, dialect == DIALECT_POSTGRESQL ? "kit" : "kit.value");
	put_values(query, dialect, kits);
	buffer_add_char(&query->sql, ')');
}

static void put_bound(struct query *query, enum dialect dialect, const char *relation,
	const char *time, bool *first)
{
	begin_condition(query, first);
	buffer_printf(&query->sql, "%s ", relation);
	put_parameter(query, dialect, time);
	if (dialect == DIALECT_POSTGRESQL)
		buffer_add_text(&query->sql, "::timestamptz");
}

/* The column `source` belongs to no line, and older tables of PostgreSQL lack it. */
static void put_http_kits(struct query *query, enum dialect dialect, const bool *exists)
{
	const char *source = dialect == DIALECT_POSTGRESQL ? "to_jsonb(kits)->>'source'" : "source";

	buffer_printf(
		&query->sql, "api_url IS NOT NULL AND coalesce(%s, 'http') <> 'mqtt'", source);
	if (has(&tables[TABLE_KIT], exists, "enabled"))
		buffer_add_text(&query->sql, " AND enabled");
}

/* Of `sightings`, all that flights in the selected time may have. Kits are chosen when the flights are
 * complete. */
static void put_sightings(
	struct query *query, enum dialect dialect, const struct selection *selection, bool *first)
{
	if (selection->has_since) {
		clock_format(selection->since - FLIGHT_MARGIN_US - FLIGHT_GAP_S * CLOCK_SECOND_US,
			query->since);
		put_bound(query, dialect, "bucket >", query->since, first);
	}
	if (selection->has_until) {
		clock_format(selection->until + FLIGHT_MARGIN_US, query->until);
		put_bound(query, dialect, "bucket <", query->until, first);
	}
	put_list(query, dialect, "drone_id", &selection->drones, first);
	begin_condition(query, first);
	buffer_printf(&query->sql, "substr(drone_id,1,%zu) <> '" RECORD_PLACEHOLDER "'",
		sizeof(RECORD_PLACEHOLDER) - 1);
}

static bool is_timed(size_t t)
{
	return t != TABLE_KIT && t != TABLE_KIT_STATUS;
}

static void put_conditions(struct query *query, enum dialect dialect, size_t t, const bool *exists,
	const struct selection *selection)
{
	bool first = true;

	if (t == TABLE_SIGHTING) {
		put_sightings(query, dialect, selection, &first);
		return;
	}
	if (is_timed(t) && selection->has_since) {
		clock_format(selection->since, query->since);
		put_bound(query, dialect, "time >=", query->since, &first);
	}
	if (is_timed(t) && selection->has_until) {
		clock_format(selection->until, query->until);
		put_bound(query, dialect, "time <", query->until, &first);
	}
	if (t == TABLE_EVENT)
		put_received_by(query, dialect, &selection->kits, &first);
	else
		put_list(query, dialect, "kit_id", &selection->kits, &first);
	if (t == TABLE_DRONE)
		put_list(query, dialect, "drone_id", &selection->drones, &first);
	if (t == TABLE_KIT && selection->http_kits) {
		begin_condition(query, &first);
		put_http_kits(query, dialect, exists);
	}
	/* A kit that is only registered has no status time. */
	if (t == TABLE_KIT_STATUS) {
		begin_condition(query, &first);
		buffer_printf(&query->sql, "status IS NOT NULL AND %s IS NOT NULL",
			state_time(&tables[t], exists));
	}
}

/* Without COLLATE, PostgreSQL would sort texts by the rules of the database's language. */
static void put_order(struct buffer *sql, enum dialect dialect, size_t t, const char *direction)
{
	const struct table *table = &tables[t];

	buffer_add_text(sql, " ORDER BY ");
	if (t == TABLE_SIGHTING) {
		buffer_add_text(sql, dialect == DIALECT_POSTGRESQL
					     ? "bucket,drone_id COLLATE \"C\",kit_id COLLATE \"C\""
					     : "bucket,drone_id,kit_id");
		return;
	}
	if (is_timed(t) && strcmp(table->columns[0].name, "time") != 0)
		buffer_printf(sql, "time%s,", direction);
	for (size_t c = 0; c < table->count && table->columns[c].key; c++) {
		const struct column *column = &table->columns[c];
		bool is_text = column->kind == COLUMN_TEXT || column->kind == COLUMN_DIGEST;
		buffer_printf(sql, "%s%s%s%s", c ? "," : "", column->name,
			is_text && dialect == DIALECT_POSTGRESQL ? " COLLATE \"C\"" : "",
			direction);
	}
}

void query_build(struct query *query, enum dialect dialect, size_t t, const bool *exists,
	const struct selection *selection)
{
	const struct table *table = &tables[t];
	struct buffer *sql = &query->sql;
	/* The newest flights are chosen when they are complete. */
	int64_t max = t == TABLE_SIGHTING ? 0 : selection->max;

	*query = (struct query){0};
	query->parameters = malloc(
		(2 + selection->kits.count + selection->drones.count) * sizeof(*query->parameters));
	if (!query->parameters) {
		sql->failed = true;
		return;
	}
	buffer_add_text(sql, max ? "SELECT * FROM (SELECT " : "SELECT ");
	for (size_t c = 0; c < table->count; c++) {
		if (c)
			buffer_add_char(sql, ',');
		put_column(sql, dialect, t, &table->columns[c], exists);
	}
	buffer_printf(sql, " FROM %s", table->name);
	put_conditions(query, dialect, t, exists, selection);
	if (max) {
		put_order(sql, dialect, t, " DESC");
		buffer_printf(sql, " LIMIT %lld) AS newest", (long long)max);
	}
	put_order(sql, dialect, t, "");
	buffer_add_char(sql, '\0');
}

void query_release(struct query *query)
{
	free(query->parameters);
	buffer_release(&query->sql);
}
