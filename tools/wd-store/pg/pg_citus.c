/* Citus: tables that are distributed over several nodes by kit_id, and small ones that each node has. */
#include "tools/wd-store/pg/pg.h"
#include "tools/wd-store/rows/keys.h"
#include "tools/wd-store/sql.h"

#include <stdlib.h>
#include <string.h>
#include <sysexits.h>

enum sink_result pg_read_kept(struct pg_sink *pg)
{
	if (pg->sink.dialect != DIALECT_CITUS)
		return SINK_OK;
	PGresult *rows = PQexec(pg->conn,
		"SELECT (extract(epoch FROM max(rows_kept_from))*1000000)::bigint FROM wd_schema");
	pg->sink.kept_from = PQntuples(rows) > 0 && !PQgetisnull(rows, 0, 0)
				     ? strtoll(PQgetvalue(rows, 0, 0), NULL, 10)
				     : INT64_MIN;
	return pg_check_result(pg, rows);
}

/* Read a query whose value is true or false. */
static enum sink_result is_true(struct pg_sink *pg, const char *query, bool *value)
{
	PGresult *rows = PQexec(pg->conn, query);

	*value = PQntuples(rows) > 0 && *PQgetvalue(rows, 0, 0) == 't';
	return pg_check_result(pg, rows);
}

enum sink_result pg_read_distribution(struct pg_sink *pg)
{
	bool has_citus, is_distributed = false;
	enum sink_result result = is_true(
		pg, "SELECT to_regclass('pg_catalog.pg_dist_partition') IS NOT NULL", &has_citus);

	if (result == SINK_OK && has_citus)
		result = is_true(pg,
			"SELECT EXISTS (SELECT FROM pg_catalog.pg_dist_partition "
			"WHERE logicalrelid=to_regclass('drones') AND partmethod='h')",
			&is_distributed);
	pg->sink.dialect = is_distributed ? DIALECT_CITUS : DIALECT_POSTGRESQL;
	return result == SINK_OK ? pg_read_kept(pg) : result;
}

/* Return whether kit_id is one of several columns of the key. */
static bool is_by_kit(const struct table *table)
{
	size_t keys = key_count(table);

	return keys > 1 && table_column(table, "kit_id") < keys;
}

/* Distribute a table that is not; the rows that it has already are moved. */
static void put_distribute(struct buffer *sql, const char *call, const char *table)
{
	buffer_printf(sql,
		"DO $wd$ BEGIN IF NOT EXISTS (SELECT FROM pg_catalog.pg_dist_partition "
		"WHERE logicalrelid='%s'::regclass) THEN PERFORM %s; "
		"PERFORM truncate_local_data_after_distributing_table('%s'); END IF; END $wd$;\n",
		table, call, table);
}

static void put_table(struct buffer *sql, const struct table *table)
{
	char call[128];

	if (is_by_kit(table))
		snprintf(call, sizeof(call),
			"create_distributed_table('%s','kit_id',colocate_with=>'%s')", table->name,
			table == &tables[TABLE_DRONE] ? "none" : tables[TABLE_DRONE].name);
	else
		snprintf(call, sizeof(call), "create_reference_table('%s')", table->name);
	put_distribute(sql, call, table->name);
}

static enum sink_result distribute(struct pg_sink *pg)
{
	struct buffer sql = {0};

	buffer_add_text(&sql, "SET client_min_messages=warning;\n");
	put_distribute(&sql, "create_reference_table('wd_schema')", "wd_schema");
	/* The others are co-located with it. */
	put_table(&sql, &tables[TABLE_DRONE]);
	for (size_t t = 0; t < TABLE_COUNT; t++) {
		if (t != TABLE_DRONE)
			put_table(&sql, &tables[t]);
	}
	buffer_add_text(&sql, sql_citus);
	buffer_add_text(&sql, "RESET client_min_messages;");
	buffer_add_char(&sql, '\0');
	enum sink_result result = sql.failed ? sink_fail(&pg->sink, EX_OSERR, "out of memory")
					     : pg_run_each(pg, sql.data);
	buffer_release(&sql);
	return result;
}

enum sink_result pg_distribute(struct pg_sink *pg, bool wanted)
{
	bool has_citus;
	enum sink_result result = is_true(
		pg, "SELECT EXISTS (SELECT FROM pg_extension WHERE extname='citus')", &has_citus);

	if (result == SINK_OK && wanted && !has_citus)
		return sink_fail(&pg->sink, EX_CONFIG, "the database has no Citus",
			{"extension", "citus"}, {"hint", "CREATE EXTENSION citus, on each node"});
	if (result == SINK_OK)
		result = pg_read_distribution(pg);
	if (result == SINK_OK && (wanted || pg->sink.dialect == DIALECT_CITUS))
		result = distribute(pg);
	return result == SINK_OK ? pg_read_distribution(pg) : result;
}
