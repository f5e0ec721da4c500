#include "tools/wd-store/prune.h"

#include "common/log.h"
#include "common/signals.h"

#include <string.h>
#include <sysexits.h>

/* Rows per transaction: well below a second, so that writers do not wait for long. */
#define PORTION 10000

static void put_cutoff(struct buffer *sql, enum dialect dialect, const char *table, double keep_s)
{
	if (dialect == DIALECT_POSTGRESQL)
		buffer_printf(sql,
			"(SELECT least(now(), max(time)) - interval '%.0f seconds' FROM %s)",
			keep_s, table);
	else
		buffer_printf(sql,
			"(SELECT strftime('%%Y-%%m-%%dT%%H:%%M:%%f000Z',"
			"min(strftime('%%Y-%%m-%%dT%%H:%%M:%%fZ','now'),max(time)),'-%.0f "
			"seconds') FROM %s)",
			keep_s, table);
}

void prune_statement(struct buffer *sql, enum dialect dialect, size_t t, double keep_s)
{
	const char *table = tables[t].name;

	buffer_printf(sql, "DELETE FROM %s WHERE time < ", table);
	put_cutoff(sql, dialect, table, keep_s);
	buffer_printf(sql, " AND time <= coalesce((SELECT time FROM %s WHERE time < ", table);
	put_cutoff(sql, dialect, table, keep_s);
	buffer_printf(sql, " ORDER BY time LIMIT 1 OFFSET %d),", PORTION - 1);
	put_cutoff(sql, dialect, table, keep_s);
	buffer_add_text(sql, ")");
}

static enum sink_result prune_table(struct sink *sink, size_t t, double keep_s)
{
	struct buffer sql = {0};
	size_t portion = 1, deleted = 0;
	enum sink_result result = SINK_OK;

	prune_statement(&sql, sink->calls->dialect, t, keep_s);
	buffer_add_char(&sql, '\0');
	if (sql.failed)
		result = sink_fail(sink, EX_OSERR, "out of memory");
	while (result == SINK_OK && portion > 0) {
		result = sink->calls->prune(sink, t, sql.data, &portion);
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

static const double usual_s[KEEP_COUNT] = {[KEEP_ROWS] = 30 * 86400, [KEEP_HEALTH] = 90 * 86400};

enum sink_result prune_run(struct sink *sink, const struct retention *retention)
{
	enum sink_result result = SINK_OK;

	for (size_t t = 0; t < TABLE_COUNT && result == SINK_OK; t++) {
		if (tables[t].type && tables[t].keep != KEEP_ALWAYS)
			result = prune_table(sink, t,
				retention->keep_s[tables[t].keep] > 0
					? retention->keep_s[tables[t].keep]
					: usual_s[tables[t].keep]);
	}
	return result != SINK_OK ? result : sink->calls->shrink(sink);
}
