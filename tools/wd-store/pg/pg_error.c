#include "tools/wd-store/pg/pg.h"

#include <stdio.h>
#include <sysexits.h>

static const enum sink_result results[] = {
	[SQLSTATE_DATA] = SINK_REFUSED,
	[SQLSTATE_RETRY] = SINK_RETRY,
	[SQLSTATE_RACE] = SINK_RACE,
	[SQLSTATE_SCHEMA] = SINK_SUSPECT,
	[SQLSTATE_UNKNOWN] = SINK_SUSPECT,
};

enum sink_result pg_error(struct pg_sink *pg, const char *sqlstate, const char *what)
{
	struct sink_error *error = &pg->sink.error;
	enum sqlstate_class class = sqlstate_class(sqlstate);

	if (!sqlstate)
		return sink_error(&pg->sink, SINK_RETRY, "", what ? what : "connection lost");
	sink_error(&pg->sink, results[class], sqlstate, what);
	error->status = sqlstate_status(sqlstate);
	error->hint = class == SQLSTATE_SCHEMA ? sqlstate_hint(sqlstate) : NULL;
	return results[class];
}

/* The C functions in which the procedural languages throw what a user's function raises. */
static bool is_raised(const PGresult *result)
{
	static const char *const functions[] = {
		"exec_stmt_raise", "PLy_elog_impl", "plperl_call_perl_func", "throw_tcl_error"};
	const char *function = PQresultErrorField(result, PG_DIAG_SOURCE_FUNCTION);

	for (size_t i = 0; function && i < sizeof(functions) / sizeof(functions[0]); i++) {
		if (strcmp(function, functions[i]) == 0)
			return true;
	}
	return false;
}

static const struct table *find_table(const char *name)
{
	for (size_t t = 0; name && t < TABLE_COUNT; t++) {
		if (strcmp(tables[t].name, name) == 0)
			return &tables[t];
	}
	return NULL;
}

static bool has_column(const struct table *table, const char *name)
{
	return table_column(table, name) < table->count;
}

/* Two errors of class 23 are the schema's fault: a NOT NULL column that no line fills, and a row
 * for which no partition exists, which is a check violation without a constraint. */
static bool is_schema_error(const PGresult *result, const char *sqlstate)
{
	const char *name = PQresultErrorField(result, PG_DIAG_TABLE_NAME);
	const struct table *table = find_table(name);
	const char *column = PQresultErrorField(result, PG_DIAG_COLUMN_NAME);
	const char *function = PQresultErrorField(result, PG_DIAG_SOURCE_FUNCTION);

	if (strcmp(sqlstate, "23502") == 0)
		return table && column && !has_column(table, column);
	return strcmp(sqlstate, "23514") == 0 && function &&
	       strcmp(function, "ExecFindPartition") == 0;
}

/* Return `what` with the hint of the server, which names the setting where the message does not. */
static const char *add_hint(const PGresult *result, const char *what, char out[SINK_REASON_MAX])
{
	const char *hint = PQresultErrorField(result, PG_DIAG_MESSAGE_HINT);

	if (!what || !hint)
		return what;
	snprintf(out, SINK_REASON_MAX, "%s: %s", what, hint);
	return out;
}

static enum sink_result check_error(struct pg_sink *pg, const PGresult *result)
{
	const char *sqlstate = PQresultErrorField(result, PG_DIAG_SQLSTATE);
	const char *function = PQresultErrorField(result, PG_DIAG_SOURCE_FUNCTION);
	struct sink_error *error = &pg->sink.error;

	if (!sqlstate || PQstatus(pg->conn) == CONNECTION_BAD)
		return pg_error(pg, NULL, NULL);
	bool raised = is_raised(result);
	/* The server's own messages about anything but data contain no data. */
	bool is_data = raised || sqlstate_class(sqlstate) == SQLSTATE_DATA;
	const char *what = PQresultErrorField(
		result, is_data ? PG_DIAG_CONSTRAINT_NAME : PG_DIAG_MESSAGE_PRIMARY);
	if (is_schema_error(result, sqlstate))
		return sink_fail(&pg->sink, EX_CONFIG, "schema mismatch", {"sqlstate", sqlstate},
			{"table", PQresultErrorField(result, PG_DIAG_TABLE_NAME)},
			{"column", PQresultErrorField(result, PG_DIAG_COLUMN_NAME)},
			{"hint", strcmp(sqlstate, "23514") == 0
					 ? "create the partition for these rows, or a default one"
					 : "give the column a default, or drop NOT NULL"});
	char named[SINK_REASON_MAX];
	if (strcmp(sqlstate, "53400") == 0)
		what = add_hint(result, what, named);
	enum sink_result class = pg_error(pg, sqlstate, what);
	error->raised = raised;
	error->too_slow = strcmp(sqlstate, "57014") == 0 && function &&
			  strcmp(function, "ProcessInterrupts") == 0;
	return class;
}

enum sink_result pg_check_result(struct pg_sink *pg, PGresult *result)
{
	ExecStatusType kind = PQresultStatus(result);
	enum sink_result checked = SINK_OK;

	if (kind != PGRES_COMMAND_OK && kind != PGRES_TUPLES_OK && kind != PGRES_COPY_IN &&
		kind != PGRES_EMPTY_QUERY)
		checked = check_error(pg, result);
	PQclear(result);
	return checked;
}

enum sink_result pg_check_kind(struct pg_sink *pg, PGresult *result, ExecStatusType wanted)
{
	ExecStatusType kind = PQresultStatus(result);
	enum sink_result checked = pg_check_result(pg, result);

	if (checked != SINK_OK || kind == wanted)
		return checked;
	return sink_fail(&pg->sink, EX_UNAVAILABLE,
		"the database sent a result that does not belong to the statement",
		{"expected", PQresStatus(wanted)}, {"result", PQresStatus(kind)},
		{"hint", "connect without a proxy that changes statements"});
}

enum sink_result pg_run(struct pg_sink *pg, const char *sql)
{
	return pg_check_result(pg, PQexec(pg->conn, sql));
}

enum sink_result pg_query(struct pg_sink *pg, const struct buffer *sql, PGresult **rows)
{
	if (sql->failed)
		return sink_fail(&pg->sink, EX_OSERR, "out of memory");
	*rows = PQexec(pg->conn, sql->data);
	return PQresultStatus(*rows) == PGRES_TUPLES_OK ? SINK_OK : pg_check_result(pg, *rows);
}
