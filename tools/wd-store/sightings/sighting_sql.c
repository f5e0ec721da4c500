#include "tools/wd-store/sightings/sighting_sql.h"

#include "tools/wd-store/sink/upsert.h"

#include <inttypes.h>

static const struct table *const table = &tables[TABLE_SIGHTING];

static void put_time(struct buffer *sql, clock_us time)
{
	char text[CLOCK_TEXT_SIZE];

	clock_format(time, text);
	buffer_printf(sql, "'%s'::timestamptz", text);
}

void sighting_put_kept(struct buffer *sql, const struct sighting_rules *rules)
{
	static const char recorded[] = "(SELECT max(rows_kept_from) FROM wd_schema)";

	if (rules->dialect == DIALECT_CITUS)
		put_time(sql, rules->kept_from);
	else if (rules->keeps_s > 0)
		buffer_printf(sql, "greatest(%s,now()-interval '%" PRId64 " seconds')", recorded,
			rules->keeps_s);
	else
		buffer_add_text(sql, recorded);
}

void sighting_put_insert(struct buffer *sql)
{
	buffer_printf(sql, "INSERT INTO %s AS t (", table->name);
	upsert_columns(sql, table);
	buffer_add_text(sql, ") ");
}

static void begin_set(struct buffer *sql, size_t c, const struct sighting_rules *rules)
{
	buffer_printf(sql, "%s%s=CASE WHEN t.bucket<", c == SIGHTING_DRONE + 1 ? "" : ",",
		table->columns[c].name);
	sighting_put_kept(sql, rules);
	buffer_add_text(sql, " THEN ");
}

void sighting_put_merge(struct buffer *sql, const struct sighting_rules *rules)
{
	upsert_target(sql, table);
	buffer_add_text(sql, " DO UPDATE SET ");
	for (size_t c = SIGHTING_DRONE + 1; c < table->count; c++) {
		if (c == SIGHTING_POINTS) {
			begin_set(sql, c, rules);
			buffer_add_text(sql, "t.points ELSE ");
		} else {
			buffer_printf(sql, "%s%s=", c == SIGHTING_DRONE + 1 ? "" : ",",
				table->columns[c].name);
		}
		upsert_merged(sql, rules->dialect, table, &table->columns[c]);
		if (c == SIGHTING_POINTS)
			buffer_add_text(sql, " END");
	}
}

static void put_replace(struct buffer *sql, const struct sighting_rules *rules)
{
	static const struct column most = {"points", .merge = MERGE_MAXIMUM};

	upsert_target(sql, table);
	buffer_add_text(sql, " DO UPDATE SET ");
	for (size_t c = SIGHTING_DRONE + 1; c < table->count; c++) {
		begin_set(sql, c, rules);
		upsert_merged(sql, rules->dialect, table,
			c == SIGHTING_POINTS ? &most : &table->columns[c]);
		buffer_printf(sql, " ELSE EXCLUDED.%s END", table->columns[c].name);
	}
}

/* "d.pilot_lat IS NOT NULL AND d.pilot_lon IS NOT NULL" */
static void put_presence(struct buffer *sql, const struct column_group *group)
{
	const char *before = "";

	for (size_t c = 0; c < table->count; c++) {
		if (table->columns[c].group != group || table->columns[c].merge != MERGE_GROUP)
			continue;
		buffer_printf(sql, "%sd.%s IS NOT NULL", before, column_source(&table->columns[c]));
		before = group->any ? " OR " : " AND ";
	}
}

/* The aggregate of a column of `drones`; columns of groups are looked up later, by their time. */
static void put_aggregate(struct buffer *sql, const struct column *column)
{
	const char *function = column->merge == MERGE_MINIMUM ? "min" : "max";

	if (column->merge == MERGE_GROUP)
		return;
	if (column->merge == MERGE_SUM) {
		buffer_printf(sql, ",count(*) AS %s", column->name);
	} else if (column->group) {
		buffer_printf(sql, ",%s(CASE WHEN ", function);
		put_presence(sql, column->group);
		buffer_printf(sql, " THEN d.time END) AS %s", column->name);
	} else {
		buffer_printf(
			sql, ",%s(d.%s) AS %s", function, column_source(column), column->name);
	}
}

static void put_lookups(struct buffer *sql)
{
	for (size_t c = 0; c < table->count; c++) {
		const struct column *column = &table->columns[c];
		if (column->group && column->merge != MERGE_GROUP)
			buffer_printf(sql,
				" LEFT JOIN drones AS of_%s ON of_%s.time=a.%s "
				"AND of_%s.kit_id=a.kit_id AND of_%s.drone_id=a.drone_id",
				column->name, column->name, column->name, column->name,
				column->name);
	}
}

void sighting_put_derive(struct buffer *sql, const struct sighting_rules *rules, const char *bucket,
	const char *from)
{
	sighting_put_insert(sql);
	buffer_add_text(sql, "SELECT ");
	for (size_t c = 0; c < table->count; c++) {
		const struct column *column = &table->columns[c];
		if (column->merge == MERGE_GROUP)
			buffer_printf(sql, ",of_%s.%s", column->group->time, column_source(column));
		else
			buffer_printf(sql, "%sa.%s", c ? "," : "", column->name);
	}
	buffer_printf(sql, " FROM (SELECT %s AS bucket,d.kit_id,d.drone_id", bucket);
	for (size_t c = SIGHTING_DRONE + 1; c < table->count; c++)
		put_aggregate(sql, &table->columns[c]);
	buffer_printf(sql, " FROM %s GROUP BY 1,2,3) AS a", from);
	put_lookups(sql);
	/* Without WHERE, SQLite would read ON CONFLICT as the condition of a join. */
	buffer_add_text(sql, " WHERE TRUE");
	put_replace(sql, rules);
}
