#include "common/db/connection.h"
#include "tools/wd-store/pg/pg.h"

void pg_disconnect(struct pg_sink *pg)
{
	PQfinish(pg->conn);
	pg->conn = NULL;
}

static enum sink_result connect_error(struct pg_sink *pg, const struct connection_error *error)
{
	if (!*error->sqlstate) {
		pg_error(pg, NULL, error->reason);
		pg->sink.error.hint = error->hint;
		return SINK_RETRY;
	}
	enum sink_result result = pg_error(pg, error->sqlstate, error->reason);
	return result == SINK_SUSPECT ? sink_report(&pg->sink) : result;
}

enum sink_result pg_connect_only(struct pg_sink *pg)
{
	struct connection_error error;

	if (pg->conn)
		return SINK_OK;
	pg->conn = connection_open(pg->url, "wd-store", &error);
	return pg->conn ? SINK_OK : connect_error(pg, &error);
}

/* The library of the extension, which defines its settings, is loaded by the queries before. */
static enum sink_result read_limits(struct pg_sink *pg)
{
	PGresult *rows = PQexec(pg->conn, "SELECT current_setting('timescaledb."
					  "max_tuples_decompressed_per_dml_transaction', true) "
					  "FROM pg_extension WHERE extname = 'timescaledb'");

	pg->limits_decompression = PQntuples(rows) > 0 && *PQgetvalue(rows, 0, 0);
	return pg_check_result(pg, rows);
}

enum sink_result pg_connect(struct pg_sink *pg)
{
	if (pg->conn)
		return SINK_OK;
	enum sink_result result = pg_connect_only(pg);
	if (result == SINK_OK)
		result = pg_check_encoding(pg);
	if (result == SINK_OK)
		result = pg_check_columns(pg);
	if (result == SINK_OK)
		result = pg_check_keys(pg);
	if (result == SINK_OK)
		result = pg_read_retention(pg);
	if (result == SINK_OK)
		result = pg_read_distribution(pg);
	if (result == SINK_OK)
		result = read_limits(pg);
	if (result == SINK_OK)
		result = pg_read_drones(pg);
	if (result == SINK_SUSPECT)
		result = sink_report(&pg->sink);
	if (result != SINK_OK)
		pg_disconnect(pg);
	return result;
}
