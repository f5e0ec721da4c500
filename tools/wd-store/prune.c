#include "tools/wd-store/prune.h"

#include "common/log.h"
#include "common/signals.h"

#include <string.h>
#include <sysexits.h>

/* Rows per transaction: well below a second, so that writers do not wait for long. */
#define PORTION 10000

static const char *time_of(size_t t)
{
	return t == TABLE_SIGHTING ? tables[t].columns[SIGHTING_BUCKET].name : "time";
}

static void put_cutoff(struct buffer *sql, enum dialect dialect, size_t t, double keep_s)
{
	if (dialect == DIALECT_POSTGRESQL)
		buffer_printf(sql,
			"(SELECT least(now(), max(%s)) - interval '%.0f seconds' FROM %s)",
			time_of(t), keep_s, tables[t].name);
	else
		buffer_printf(sql,
			"(SELECT strftime('%%Y-%%m-%%dT%%H:%%M:%%f000Z',"
			"min(strftime('%%Y-%%m-%%dT%%H:%%M:%%fZ','now'),max(%s)),'-%.0f "
			"seconds') FROM %s)",
			time_of(t), keep_s, tables[t].name);
}

void prune_statement(struct buffer *sql, enum dialect dialect, size_t t, double keep_s)
{
	const char *table = tables[t].name, *time = time_of(t);

	buffer_printf(sql, "DELETE FROM %s WHERE %s < ", table, time);
	put_cutoff(sql, dialect, t, keep_s);
	buffer_printf(
		sql, " AND %s <= coalesce((SELECT %s FROM %s WHERE %s < ", time, time, table, time);
	put_cutoff(sql, dialect, t, keep_s);
	buffer_printf(sql, " ORDER BY %s LIMIT 1 OFFSET %d),", time, PORTION - 1);
	put_cutoff(sql, dialect, t, keep_s);
	buffer_add_text(sql, ")");
}

/* Sightings of older buckets must not be computed from what is left of their rows. */
static void put_kept(struct buffer *sql, enum dialect dialect, double keep_s)
{
	buffer_printf(sql, "UPDATE wd_schema SET rows_kept_from = coalesce(%s(rows_kept_from, ",
		dialect == DIALECT_POSTGRESQL ? "greatest" : "max");
	put_cutoff(sql, dialect, TABLE_DRONE, keep_s);
	buffer_add_text(sql, "), rows_kept_from, ");
	put_cutoff(sql, dialect, TABLE_DRONE, keep_s);
	buffer_add_text(sql, ")");
}

static enum sink_result run(struct sink *sink, size_t t, struct buffer *sql, size_t *rows)
{
	buffer_add_char(sql, '\0');
	return sql->failed ? sink_fail(sink, EX_OSERR, "out of memory")
			   : sink->calls->prune(sink, t, sql->data, rows);
}

static enum sink_result record_kept(struct sink *sink, double keep_s)
{
	struct buffer sql = {0};
	size_t unused;

	put_kept(&sql, sink->calls->dialect, keep_s);
	enum sink_result result = run(sink, TABLE_DRONE, &sql, &unused);
	buffer_release(&sql);
	return result;
}

static enum sink_result prune_table(struct sink *sink, size_t t, double keep_s)
{
	struct buffer sql = {0};
	size_t portion = 1, deleted = 0;
	enum sink_result result = t == TABLE_DRONE ? record_kept(sink, keep_s) : SINK_OK;

	while (result == SINK_OK && portion > 0) {
		sql.length = 0;
		prune_statement(&sql, sink->calls->dialect, t, keep_s);
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

static const double usual_s[KEEP_COUNT] = {
	[KEEP_ROWS] = 30 * 86400, [KEEP_HEALTH] = 90 * 86400, [KEEP_SIGHTINGS] = 365 * 86400};

enum sink_result prune_run(struct sink *sink, const struct retention *retention)
{
	enum sink_result result = SINK_OK;

	for (size_t t = 0; t < TABLE_COUNT && result == SINK_OK; t++) {
		if ((tables[t].type || t == TABLE_SIGHTING) && tables[t].keep != KEEP_ALWAYS)
			result = prune_table(sink, t,
				retention->keep_s[tables[t].keep] > 0
					? retention->keep_s[tables[t].keep]
					: usual_s[tables[t].keep]);
	}
	return result != SINK_OK ? result : sink->calls->shrink(sink);
}
