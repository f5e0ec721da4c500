/* The statements that store a batch. */
#include "tools/wd-store/pg/pg.h"
#include "tools/wd-store/sightings/sighting_sql.h"
#include "tools/wd-store/sink/upsert.h"

#include <stdio.h>

/* The rows of `drones` that belong to a sighting. */
#define TEXT(number)    #number
#define SECONDS(number) TEXT(number) " seconds"
#define ROWS_OF_S                                                                                  \
	"drones AS d WHERE d.drone_id=s.drone_id AND d.kit_id=s.kit_id AND d.time>=s.bucket "      \
	"AND d.time<s.bucket+interval '" SECONDS(SIGHTING_BUCKET_S) "'"

/* The key of a row of `drones` as pg_drones.c reads it. */
#define RETURNING_KEY " RETURNING (extract(epoch FROM time)*1000000)::bigint,kit_id,drone_id"

/* JIT would compile the statement for each batch. */
void pg_put_settings(const struct pg_sink *pg, struct buffer *sql)
{
	buffer_add_text(sql, "SET LOCAL jit=off;");
	if (pg->limits_decompression)
		buffer_add_text(sql,
			"SET LOCAL timescaledb.max_tuples_decompressed_per_dml_transaction=0;");
}

size_t pg_settings_count(const struct pg_sink *pg)
{
	return pg->limits_decompression ? 2 : 1;
}

/* The value of a column of the temporary table on its way into the real one. */
static void put_expression(
	struct buffer *sql, const struct table *table, const struct column *column)
{
	char key[64];

	snprintf(key, sizeof(key), "s.%s", table->columns[0].name);
	if (column->absent == ABSENT_FIRST)
		upsert_kept(sql, table, column, column->name, key);
	else if (column->absent == ABSENT_NOW)
		buffer_printf(sql, "COALESCE(%s,now())", column->name);
	else if (column->kind == COLUMN_TAGS)
		buffer_printf(sql,
			"CASE WHEN %s IS NOT NULL THEN "
			"ARRAY(SELECT json_array_elements_text(%s::json)) END",
			column->name, column->name);
	else
		buffer_add_text(sql, column->name);
}

static void put_stage(struct buffer *sql, size_t t)
{
	buffer_printf(sql, "CREATE TEMPORARY TABLE wd_stage_%zu (", t);
	for (size_t c = 0; c < tables[t].count; c++)
		buffer_printf(sql, "%s%s %s", c ? "," : "", tables[t].columns[c].name,
			pg_types[tables[t].columns[c].kind]);
	buffer_add_text(sql, ") ON COMMIT DROP;");
}

static void put_copy(struct buffer *sql, size_t t, bool direct)
{
	buffer_add_text(sql, "COPY ");
	if (direct)
		buffer_add_text(sql, tables[t].name);
	else
		buffer_printf(sql, "wd_stage_%zu", t);
	buffer_add_text(sql, " (");
	upsert_columns(sql, &tables[t]);
	buffer_add_text(sql, ") FROM STDIN BINARY;");
}

static void put_insert(struct buffer *sql, size_t t)
{
	const struct table *table = &tables[t];

	buffer_printf(sql, "INSERT INTO %s AS t (", table->name);
	upsert_columns(sql, table);
	buffer_add_text(sql, ") SELECT ");
	for (size_t c = 0; c < table->count; c++) {
		if (c)
			buffer_add_char(sql, ',');
		put_expression(sql, table, &table->columns[c]);
	}
	buffer_printf(sql, " FROM wd_stage_%zu AS s", t);
}

static void put_upsert(const struct pg_sink *pg, struct buffer *sql, size_t t)
{
	put_insert(sql, t);
	upsert_conflict(sql, pg->sink.dialect, &tables[t]);
}

/* Append an insert of the rows whose key does not exist. DO NOTHING ends the statement early in
 * TimescaleDB 2.17 where a row exists in a compressed chunk, and 2.28 refuses an update of a column of
 * the key there, even one that never happens. */
static void put_insert_new(const struct pg_sink *pg, struct buffer *sql, size_t t)
{
	put_insert(sql, t);
	upsert_target(sql, &tables[t]);
	buffer_add_text(sql,
		pg->limits_decompression ? " DO UPDATE SET lat=t.lat WHERE FALSE" : " DO NOTHING");
	buffer_add_text(sql, RETURNING_KEY ";");
}

/* Append an upsert that returns the keys of the rows that are new or changed, and whether they are
 * new: then a row has no xmax. One that exists is locked before it is updated, and the lock is the
 * xmax of its new version. Where this column cannot be read, new rows are inserted first, and then a
 * second COPY brings those that exist. */
static void put_drones(const struct pg_sink *pg, struct buffer *sql)
{
	if (!pg->marks_new_drones) {
		put_insert_new(pg, sql, TABLE_DRONE);
		buffer_printf(sql, "TRUNCATE wd_stage_%d;", TABLE_DRONE);
		put_copy(sql, TABLE_DRONE, false);
	}
	put_upsert(pg, sql, TABLE_DRONE);
	buffer_printf(sql, RETURNING_KEY "%s;", pg->marks_new_drones ? ",xmax=0" : "");
}

/* Append the temporary table of the sightings. Citus joins what is local with a distributed table only where it is
 * a query that cannot be merged into the outer one. */
static void put_staged(struct buffer *sql, enum dialect dialect)
{
	buffer_printf(sql,
		dialect == DIALECT_CITUS ? "(SELECT * FROM wd_stage_%d OFFSET 0)" : "wd_stage_%d",
		TABLE_SIGHTING);
}

/* Append the condition that a sighting has rows: a trigger may have dropped all of them. */
static void put_has_rows(struct buffer *sql, enum dialect dialect)
{
	buffer_add_text(sql, " WHERE points IS NOT NULL OR ");
	if (dialect == DIALECT_CITUS) {
		buffer_add_text(sql,
			"(bucket,kit_id,drone_id) IN (SELECT s.bucket,d.kit_id,d.drone_id FROM ");
		put_staged(sql, dialect);
		buffer_add_text(sql, " AS s," ROWS_OF_S ")");
	} else {
		buffer_add_text(sql, "EXISTS (SELECT FROM " ROWS_OF_S ")");
	}
}

/* The block plans its statement only where there is something to compute. The commit is part of the
 * last statement, whose error must not be taken for one of the sightings. */
static void put_derive(const struct sighting_rules *rules, struct buffer *sql)
{
	struct buffer from = {0};

	put_staged(&from, rules->dialect);
	buffer_add_text(&from, " AS s," ROWS_OF_S " AND (s.points IS NULL OR s.bucket<");
	sighting_put_kept(&from, rules);
	buffer_add(&from, ")", sizeof(")"));
	buffer_printf(sql,
		"DO $wd$ BEGIN IF EXISTS (SELECT FROM wd_stage_%d WHERE points IS NULL OR bucket<",
		TABLE_SIGHTING);
	sighting_put_kept(sql, rules);
	buffer_add_text(sql, ") THEN ");
	if (from.failed)
		sql->failed = true;
	else
		sighting_put_derive(sql, rules, "s.bucket", from.data);
	buffer_add_text(sql, "; END IF; END $wd$;SET LOCAL jit=off;");
	buffer_release(&from);
}

static void put_sightings(const struct pg_sink *pg, struct buffer *sql)
{
	const struct sighting_rules rules = {
		pg->sink.dialect, pg->sink.keeps_s, pg->sink.kept_from};
	const struct table *table = &tables[TABLE_SIGHTING];

	put_stage(sql, TABLE_SIGHTING);
	put_copy(sql, TABLE_SIGHTING, false);
	sighting_put_insert(sql);
	buffer_add_text(sql, "SELECT ");
	for (size_t c = 0; c < table->count; c++)
		buffer_printf(sql, c == SIGHTING_POINTS ? "%scoalesce(%s,0)" : "%s%s", c ? "," : "",
			table->columns[c].name);
	buffer_printf(sql, " FROM wd_stage_%d AS s", TABLE_SIGHTING);
	put_has_rows(sql, rules.dialect);
	sighting_put_merge(sql, &rules);
	buffer_add_char(sql, ';');
	put_derive(&rules, sql);
}

void pg_put_script(const struct pg_sink *pg, struct buffer *sql, size_t t, bool direct)
{
	if (!direct)
		put_stage(sql, t);
	put_copy(sql, t, direct);
	if (!direct && t == TABLE_DRONE) {
		put_drones(pg, sql);
	} else if (!direct) {
		put_upsert(pg, sql, t);
		buffer_add_char(sql, ';');
	}
	if (t == TABLE_DRONE)
		put_sightings(pg, sql);
}
