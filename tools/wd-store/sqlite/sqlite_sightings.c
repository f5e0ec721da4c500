/* Sightings in a SQLite file: one statement adds to a sighting, another computes it from the rows. */
#include "common/time/clock.h"
#include "tools/wd-store/sightings/sighting_sql.h"
#include "tools/wd-store/sqlite/sqlite.h"

#include <string.h>

static const struct table *const table = &tables[TABLE_SIGHTING];
static const struct sighting_rules rules = {.dialect = DIALECT_SQLITE};

void sqlite_put_sighting_statement(struct buffer *sql)
{
	sighting_put_insert(sql);
	for (size_t c = 0; c < table->count; c++) {
		buffer_add_text(sql, c ? "," : "VALUES (");
		buffer_add_text(sql, c == SIGHTING_POINTS ? "coalesce(?,0)" : "?");
	}
	buffer_add_char(sql, ')');
	sighting_put_merge(sql, &rules);
}

static enum sink_result prepare_derive(struct sqlite_sink *s)
{
	struct buffer sql = {0};

	if (s->derive)
		return SINK_OK;
	sighting_put_derive(&sql, &rules, "?1",
		"drones AS d WHERE d.kit_id=?2 AND d.drone_id=?3 AND d.time>=?1 AND d.time<?4");
	buffer_add_char(&sql, '\0');
	enum sink_result result = sqlite_prepare(s, &sql, &s->derive);
	buffer_release(&sql);
	return result;
}

static int bind_text(sqlite3_stmt *statement, int at, struct span text)
{
	return sqlite3_bind_text64(
		statement, at, text.data, text.length, SQLITE_STATIC, SQLITE_UTF8);
}

static enum sink_result derive(struct sqlite_sink *s, const struct value *row)
{
	char begin[CLOCK_TEXT_SIZE], end[CLOCK_TEXT_SIZE];
	enum sink_result result = prepare_derive(s);

	if (result != SINK_OK)
		return result;
	clock_format(row[SIGHTING_BUCKET].integer, begin);
	clock_format(row[SIGHTING_BUCKET].integer + SIGHTING_BUCKET_S * CLOCK_SECOND_US, end);
	bind_text(s->derive, 1, span_of(begin));
	bind_text(s->derive, 2, row[SIGHTING_KIT].text);
	bind_text(s->derive, 3, row[SIGHTING_DRONE].text);
	bind_text(s->derive, 4, span_of(end));
	sqlite3_step(s->derive);
	return sqlite_check_code(s, sqlite3_reset(s->derive));
}

/* Read the time before which rows may have been deleted; before all rows if there is none. */
static enum sink_result read_kept(struct sqlite_sink *s, clock_us *kept)
{
	struct buffer sql = {0};
	sqlite3_stmt *read = NULL;

	*kept = INT64_MIN;
	buffer_add_text(&sql, "SELECT ");
	sighting_put_kept(&sql, &rules);
	buffer_add_char(&sql, '\0');
	enum sink_result result = sqlite_prepare(s, &sql, &read);
	buffer_release(&sql);
	if (result == SINK_OK && sqlite3_step(read) == SQLITE_ROW)
		clock_parse(span_of((const char *)sqlite3_column_text(read, 0)), kept);
	sqlite3_finalize(read);
	return result;
}

static enum sink_result put_sightings(struct sqlite_sink *s)
{
	clock_us kept;
	enum sink_result result = read_kept(s, &kept);

	for (size_t i = 0; i < s->sightings.rows.count && result == SINK_OK; i++) {
		const struct value *row = s->sightings.rows.values + i * table->count;
		result = sqlite_put_row(s, TABLE_SIGHTING, row);
		if (result == SINK_OK && (row[SIGHTING_POINTS].kind == VALUE_NULL ||
						 row[SIGHTING_BUCKET].integer < kept))
			result = derive(s, row);
	}
	return result;
}

enum sink_result sqlite_store_sightings(struct sqlite_sink *s)
{
	if (s->sightings.rows.count == 0)
		return SINK_OK;
	return sink_check_derived(&s->sink, TABLE_SIGHTING, put_sightings(s));
}
