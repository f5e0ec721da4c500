#include "tools/wd-store/schema/prune.h"

#include "common/log/log.h"
#include "common/process/signals.h"
#include "common/time/clock.h"

#include <string.h>
#include <sysexits.h>

/* Rows per transaction: well below a second, so that writers do not wait for long. */
#define PORTION 10000

static const char *time_of(size_t t)
{
	return t == TABLE_SIGHTING ? tables[t].columns[SIGHTING_BUCKET].name : "time";
}

/* Append a query for the time before which rows are old, in seconds: by the newest row where it is older than now. */
static void put_cutoff(struct buffer *sql, enum dialect dialect, size_t t, double keep_s)
{
	if (dialect == DIALECT_SQLITE)
		buffer_printf(sql,
			"SELECT CAST(strftime('%%s',min(strftime('%%Y-%%m-%%dT%%H:%%M:%%fZ','now'),"
			"max(%s)),'-%.0f seconds') AS INTEGER) FROM %s",
			time_of(t), keep_s, tables[t].name);
	else
		buffer_printf(sql,
			"SELECT floor(extract(epoch FROM least(now(),max(%s))"
			"-interval '%.0f seconds'))::bigint FROM %s",
			time_of(t), keep_s, tables[t].name);
}

void prune_statement(struct buffer *sql, size_t t, const char *before)
{
	const char *table = tables[t].name, *time = time_of(t);

	buffer_printf(sql,
		"DELETE FROM %s WHERE %s<'%s' AND %s<=(SELECT max(%s) FROM "
		"(SELECT %s FROM %s WHERE %s<'%s' ORDER BY %s LIMIT %d) AS portion)",
		table, time, before, time, time, time, table, time, before, time, PORTION);
}

/* Sightings of older buckets must not be computed from what is left of their rows. */
static void put_kept(struct buffer *sql, const char *before)
{
	buffer_printf(sql,
		"UPDATE wd_schema SET rows_kept_from='%s' WHERE coalesce(rows_kept_from<'%s',TRUE)",
		before, before);
}

static enum sink_result run(struct sink *sink, size_t t, struct buffer *sql, size_t *rows)
{
	buffer_add_char(sql, '\0');
	return sql->failed ? sink_fail(sink, EX_OSERR, "out of memory")
			   : sink->calls->prune(sink, t, sql->data, rows);
}

/* Find the time before which rows of tables[t] are old; `*before` is empty if the table is. */
static enum sink_result find_cutoff(
	struct sink *sink, size_t t, double keep_s, char before[CLOCK_TEXT_SIZE])
{
	struct buffer sql = {0};
	int64_t seconds;

	put_cutoff(&sql, sink->dialect, t, keep_s);
	buffer_add_char(&sql, '\0');
	enum sink_result result = sql.failed ? sink_fail(sink, EX_OSERR, "out of memory")
					     : sink->calls->run(sink, sql.data, &seconds);
	buffer_release(&sql);
	*before = '\0';
	if (result == SINK_OK && seconds != SINK_NO_NUMBER)
		clock_format(seconds * CLOCK_SECOND_US, before);
	return result;
}

static enum sink_result record_kept(struct sink *sink, const char *before)
{
	struct buffer sql = {0};
	size_t unused;

	put_kept(&sql, before);
	enum sink_result result = run(sink, TABLE_DRONE, &sql, &unused);
	buffer_release(&sql);
	return result;
}

/* Delete the rows of tables[t] before this time, in portions. */
static enum sink_result delete_rows(struct sink *sink, size_t t, const char *before)
{
	struct buffer sql = {0};
	size_t portion = 1, deleted = 0;
	enum sink_result result = SINK_OK;

	prune_statement(&sql, t, before);
	while (result == SINK_OK && portion > 0) {
		result = run(sink, t, &sql, &portion);
		deleted += portion;
		log_status("deleting old rows");
		if (result == SINK_OK && stop_requested())
			result = sink_fail(
				sink, EX_TEMPFAIL, "stopped before all old rows were deleted");
	}
	buffer_release(&sql);
	if (deleted > 0)
		log_info("deleted old rows", {"table", tables[t].name},
			{"rows", log_number((int64_t)deleted).text});
	return result;
}

static enum sink_result prune_table(struct sink *sink, size_t t, double keep_s)
{
	char before[CLOCK_TEXT_SIZE];
	enum sink_result result = find_cutoff(sink, t, keep_s, before);

	if (result != SINK_OK || !*before)
		return result;
	if (t == TABLE_DRONE)
		result = record_kept(sink, before);
	return result == SINK_OK ? delete_rows(sink, t, before) : result;
}

static const double usual_s[KEEP_COUNT] = {
	[KEEP_ROWS] = 30 * 86400, [KEEP_HEALTH] = 90 * 86400, [KEEP_SIGHTINGS] = 365 * 86400};

enum sink_result prune_run(struct sink *sink, const struct retention *retention)
{
	bool ages[TABLE_COUNT];

	for (size_t t = 0; t < TABLE_COUNT; t++)
		ages[t] = (tables[t].type || t == TABLE_SIGHTING) && tables[t].keep != KEEP_ALWAYS;
	enum sink_result result = sink->calls->check_delete(sink, ages);
	for (size_t t = 0; t < TABLE_COUNT && result == SINK_OK; t++) {
		if (ages[t])
			result = prune_table(sink, t,
				retention->keep_s[tables[t].keep] > 0
					? retention->keep_s[tables[t].keep]
					: usual_s[tables[t].keep]);
	}
	return result != SINK_OK ? result : sink->calls->shrink(sink);
}
