#include "tools/wd-store/sightings/fill.h"

#include "common/cli/progress.h"
#include "common/process/signals.h"
#include "tools/wd-store/sightings/sighting_sql.h"
#include "tools/wd-store/sightings/sightings.h"

#include <sysexits.h>

#define BUCKET_US (SIGHTING_BUCKET_S * CLOCK_SECOND_US)
#define WINDOW_US (12 * BUCKET_US)

/* The bucket of a row, in SQL. */
static const char *const buckets[DIALECT_COUNT] = {
	[DIALECT_POSTGRESQL] = "to_timestamp(floor(extract(epoch FROM d.time)/300)*300)",
	[DIALECT_CITUS] = "to_timestamp(floor(extract(epoch FROM d.time)/300)*300)",
	[DIALECT_SQLITE] =
		"substr(d.time,1,14)||printf('%02d',substr(d.time,15,2)/5*5)||':00.000000Z'",
};
_Static_assert(SIGHTING_BUCKET_S == 300, "as in SQL");

/* The times that text can represent: 0001-01-01 and the end of 9999. */
#define EARLIEST_US (INT64_C(-62135596800) * CLOCK_SECOND_US)
#define LATEST_US   (INT64_C(253402300800) * CLOCK_SECOND_US - 1)

struct fill {
	struct sink *sink;
	struct sighting_rules rules;
	clock_us since;
	clock_us before; /* what is later is complete */
	bool again;      /* refill: record nothing, delete what has no rows */
	struct progress progress;
};

static enum sink_result run(struct fill *fill, struct buffer *sql, int64_t *number)
{
	enum sink_result result;

	buffer_add_char(sql, '\0');
	if (sql->failed)
		result = sink_fail(fill->sink, EX_OSERR, "out of memory");
	else
		result = fill->sink->calls->run(fill->sink, sql->data, number);
	buffer_release(sql);
	return result;
}

static void put_seconds(struct buffer *sql, enum dialect dialect, const char *time)
{
	if (dialect != DIALECT_SQLITE)
		buffer_printf(sql, "SELECT floor(extract(epoch FROM %s))::bigint", time);
	else
		buffer_printf(sql, "SELECT CAST(strftime('%%s',%s) AS INTEGER)", time);
}

static void put_range(struct buffer *sql, const char *column, clock_us from, clock_us until)
{
	char first[CLOCK_TEXT_SIZE], last[CLOCK_TEXT_SIZE];

	clock_format(from, first);
	clock_format(until, last);
	buffer_printf(sql, " WHERE %s>='%s' AND %s<'%s'", column, first, column, last);
}

/* Find the time of the newest row that is left; SINK_NO_NUMBER if there is none. */
static enum sink_result find_newest(struct fill *fill, clock_us *newest)
{
	struct buffer sql = {0};
	int64_t seconds;

	put_seconds(&sql, fill->rules.dialect, "max(time)");
	buffer_add_text(&sql, " FROM drones");
	put_range(&sql, "time", fill->since, fill->before);
	enum sink_result result = run(fill, &sql, &seconds);
	if (result == SINK_OK)
		*newest = seconds == SINK_NO_NUMBER ? SINK_NO_NUMBER : seconds * CLOCK_SECOND_US;
	return result;
}

static void put_delete(struct buffer *sql, const struct fill *fill, clock_us from)
{
	buffer_add_text(sql, "DELETE FROM sightings");
	put_range(sql, "bucket", from, fill->before);
	buffer_add_text(sql, " AND coalesce(bucket>=");
	sighting_put_kept(sql, &fill->rules);
	buffer_add_text(sql, ",TRUE);");
}

static void put_mark(struct buffer *sql, clock_us from)
{
	char text[CLOCK_TEXT_SIZE];

	clock_format(from, text);
	buffer_printf(sql, "UPDATE wd_schema SET sightings_from='%s';", text);
}

/* Writers that have changed a sighting have committed once the table is locked; the others wait.
 * Several statements in one query are a transaction in PostgreSQL. */
static void put_begin(struct buffer *sql, enum dialect dialect)
{
	buffer_add_text(sql, dialect != DIALECT_SQLITE
				     ? "LOCK TABLE sightings IN SHARE ROW EXCLUSIVE MODE;"
				     : "BEGIN IMMEDIATE;");
}

static void put_end(struct buffer *sql, enum dialect dialect)
{
	if (dialect == DIALECT_SQLITE)
		buffer_add_text(sql, ";COMMIT");
}

static enum sink_result fill_window(struct fill *fill, clock_us from)
{
	struct buffer sql = {0}, rows = {0};
	int64_t computed = 0;

	put_begin(&sql, fill->rules.dialect);
	if (fill->again)
		put_delete(&sql, fill, from);
	else
		put_mark(&sql, from);
	buffer_add_text(&rows, "drones AS d");
	put_range(&rows, "d.time", from, fill->before);
	buffer_add_char(&rows, '\0');
	if (rows.failed)
		sql.failed = true;
	else
		sighting_put_derive(&sql, &fill->rules, buckets[fill->rules.dialect], rows.data);
	put_end(&sql, fill->rules.dialect);
	buffer_release(&rows);
	enum sink_result result = run(fill, &sql, &computed);
	if (result == SINK_OK)
		fill->progress.count += (uint64_t)computed;
	return result;
}

/* No row is left. */
static enum sink_result finish(struct fill *fill)
{
	struct buffer sql = {0};
	int64_t unused;

	put_begin(&sql, fill->rules.dialect);
	if (fill->again)
		put_delete(&sql, fill, fill->since);
	else
		put_mark(&sql, fill->since);
	put_end(&sql, fill->rules.dialect);
	return run(fill, &sql, &unused);
}

static enum sink_result fill_all(struct fill *fill)
{
	clock_us newest;
	enum sink_result result;

	while ((result = find_newest(fill, &newest)) == SINK_OK && newest != SINK_NO_NUMBER) {
		clock_us from = sighting_bucket(newest) + BUCKET_US - WINDOW_US;
		from = from > fill->since ? from : fill->since;
		result = fill_window(fill, from);
		if (result != SINK_OK)
			return result;
		fill->before = from;
		fill->progress.reached = from;
		progress_show(&fill->progress);
		if (stop_requested())
			return sink_fail(fill->sink, EX_TEMPFAIL,
				"stopped before all sightings were computed",
				{"hint", "run the same command again"});
	}
	return result == SINK_OK ? finish(fill) : result;
}

static enum sink_result run_fill(struct fill *fill)
{
	fill->rules = (struct sighting_rules){
		fill->sink->dialect, fill->sink->keeps_s, fill->sink->kept_from};
	progress_open(&fill->progress, "sightings", true);
	enum sink_result result = fill_all(fill);
	progress_close(&fill->progress);
	if (fill->progress.count > 0)
		log_info("computed sightings",
			{"sightings", log_number((int64_t)fill->progress.count).text});
	return result;
}

enum sink_result fill_sightings(struct sink *sink)
{
	struct fill fill = {.sink = sink, .since = EARLIEST_US, .before = LATEST_US};
	struct buffer sql = {0};
	int64_t seconds;

	put_seconds(&sql, sink->dialect, "min(sightings_from)");
	buffer_add_text(&sql, " FROM wd_schema");
	enum sink_result result = run(&fill, &sql, &seconds);
	if (result != SINK_OK)
		return result;
	if (seconds != SINK_NO_NUMBER)
		fill.before = seconds * CLOCK_SECOND_US;
	return fill.before > fill.since ? run_fill(&fill) : SINK_OK;
}

enum sink_result fill_check(struct sink *sink)
{
	struct fill fill = {.sink = sink};
	struct buffer sql = {0};
	char latest[CLOCK_TEXT_SIZE];
	int64_t incomplete = 0;

	clock_format(LATEST_US, latest);
	buffer_printf(&sql,
		"SELECT count(*) FROM (SELECT 1 FROM drones WHERE time<"
		"coalesce((SELECT min(sightings_from) FROM wd_schema),'%s') LIMIT 1) AS older",
		latest);
	enum sink_result result = run(&fill, &sql, &incomplete);
	if (result == SINK_OK && incomplete)
		log_warning("sightings are incomplete", {"hint", "wd-store --migrate"});
	return result;
}

enum sink_result refill_sightings(struct sink *sink, clock_us since)
{
	struct fill fill = {
		.sink = sink, .since = sighting_bucket(since), .before = LATEST_US, .again = true};

	return run_fill(&fill);
}
