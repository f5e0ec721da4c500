/* How long a TimescaleDB database keeps rows: a warning where they come too late. */
#include "common/log/log.h"
#include "common/time/clock.h"
#include "tools/wd-store/pg/pg.h"

#include <stdio.h>
#include <stdlib.h>

static void note_policy(struct pg_sink *pg, const char *table, const char *seconds)
{
	for (size_t t = 0; t < TABLE_COUNT; t++) {
		if (strcmp(tables[t].name, table) == 0)
			pg->keeps_us[t] = strtoll(seconds, NULL, 10) * CLOCK_SECOND_US;
	}
}

enum sink_result pg_read_retention(struct pg_sink *pg)
{
	memset(pg->keeps_us, 0, sizeof(pg->keeps_us));
	pg->sink.keeps_s = 0;
	PGresult *policies = PQexec(pg->conn, "SELECT to_regclass('timescaledb_information.jobs')");
	bool has_policies = PQntuples(policies) > 0 && !PQgetisnull(policies, 0, 0);
	if (!has_policies)
		return pg_check_result(pg, policies);
	PQclear(policies);
	policies = PQexec(pg->conn,
		"SELECT hypertable_name, extract(epoch FROM "
		"(config->>'drop_after')::interval)::bigint "
		"FROM timescaledb_information.jobs WHERE proc_name = 'policy_retention' "
		"AND hypertable_schema = current_schema() AND config ? 'drop_after'");
	for (int row = 0; row < PQntuples(policies); row++)
		note_policy(pg, PQgetvalue(policies, row, 0), PQgetvalue(policies, row, 1));
	pg->sink.keeps_s = pg->keeps_us[TABLE_DRONE] / CLOCK_SECOND_US;
	return pg_check_result(pg, policies);
}

static size_t count_before(const struct table *table, const struct table_rows *rows, clock_us time)
{
	size_t count = 0;

	for (size_t i = 0; i < rows->count; i++)
		count += rows->values[i * table->count].integer < time;
	return count;
}

void pg_warn_expired(struct pg_sink *pg, const struct rows *rows)
{
	for (size_t t = 0; t < TABLE_COUNT; t++) {
		if (!pg->keeps_us[t] || pg->warned_expired[t] ||
			tables[t].columns[0].kind != COLUMN_TIME)
			continue;
		size_t expired =
			count_before(&tables[t], &rows->of[t], clock_wall_us() - pg->keeps_us[t]);
		if (expired == 0)
			continue;
		pg->warned_expired[t] = true;
		log_warning("stored rows that the retention policy will drop",
			{"table", tables[t].name}, {"rows", log_number((int64_t)expired).text},
			{"keeps_days", log_number(pg->keeps_us[t] / CLOCK_DAY_US).text},
			{"hint", "SELECT remove_retention_policy('drones'), or import into a "
				 "database without one"});
	}
}
