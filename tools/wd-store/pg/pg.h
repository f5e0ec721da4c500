/* The PostgreSQL sink's internals: a connection, and what is known about the database.
 *
 * Nothing outlives a transaction, neither prepared statements nor temporary tables nor settings, so
 * that PgBouncer may give each transaction to another backend. A batch is one simple query of many
 * statements without BEGIN, which is a transaction also in PgBouncer's statement mode. */
#ifndef WD_STORE_PG_H
#define WD_STORE_PG_H

#include "common/base/buffer.h"
#include "common/db/sqlstate.h"
#include "tools/wd-store/sightings/sightings.h"
#include "tools/wd-store/sink/sink.h"

#include <libpq-fe.h>

/* When to COPY into a table itself, which fails if a row exists: after `wait` more batches without such a
 * row. Each failure costs an attempt and a line in the server's log, so that `penalty`, the wait after
 * the next one, grows. */
struct pg_trust {
	unsigned wait, penalty;
};

struct pg_sink {
	struct sink sink; /* first: a struct sink * is a struct pg_sink * */
	char *url;
	PGconn *conn; /* NULL when not connected */
	struct buffer copy;

	/* Of the database, read when connecting. */
	bool same_types[TABLE_COUNT];     /* every column has exactly the type that we send */
	bool limits_decompression;        /* TimescaleDB's limit must be lifted */
	int64_t keeps_us[TABLE_COUNT];    /* TimescaleDB drops older rows; 0: none */
	bool warned_expired[TABLE_COUNT]; /* that rows were older */
	bool alters_drones;               /* the rows of `drones` may differ from what was sent */
	bool marks_new_drones;            /* an upsert can return which rows of `drones` are new */

	struct pg_trust trust[TABLE_COUNT];
	bool direct_fails[TABLE_COUNT]; /* COPY into the table does not work (a view, RLS) */

	/* Of the batch in flight. */
	bool direct[TABLE_COUNT]; /* its rows go straight into the table */
	size_t changed[TABLE_COUNT];
	struct sightings sightings;
	bool sightings_failed;
};

/* Connect, and check the tables, unless connected. */
enum sink_result pg_connect(struct pg_sink *pg);
/* The same without checking the tables. */
enum sink_result pg_connect_only(struct pg_sink *pg);
void pg_disconnect(struct pg_sink *pg);

/* Record an error; `what` must not contain text from rows (DETAIL does). `sqlstate` NULL: the
 * connection is lost. */
enum sink_result pg_error(struct pg_sink *pg, const char *sqlstate, const char *what);

/* Classify `result`, record its error and clear it. */
enum sink_result pg_check_result(struct pg_sink *pg, PGresult *result);
/* The same, and fail if it is not an error but another kind of result than `wanted`. */
enum sink_result pg_check_kind(struct pg_sink *pg, PGresult *result, ExecStatusType wanted);

/* Run statements. */
enum sink_result pg_run(struct pg_sink *pg, const char *sql);
/* The same, one by one, as Citus needs them where they change a distributed table. */
enum sink_result pg_run_each(struct pg_sink *pg, const char *sql);
/* Run a query; `*rows` is the caller's if SINK_OK is returned. */
enum sink_result pg_query(struct pg_sink *pg, const struct buffer *sql, PGresult **rows);

/* The types of columns, by their kind, as format_type() writes them. */
extern const char *const pg_types[];

/* Check encoding, columns and keys; for --migrate without the keys. Logs what is missing. */
enum sink_result pg_check_columns(struct pg_sink *pg);
enum sink_result pg_check_keys(struct pg_sink *pg);
enum sink_result pg_check_encoding(struct pg_sink *pg);
/* Check the privileges that storing needs. Logs the first that is missing. */
enum sink_result pg_check_privileges(struct pg_sink *pg);
/* Create missing keys; logs how many duplicate rows prevent this. */
enum sink_result pg_create_keys(struct pg_sink *pg);

/* Read the retention policies. */
enum sink_result pg_read_retention(struct pg_sink *pg);
/* Warn once per table when rows that were stored are older than its policy keeps them. */
void pg_warn_expired(struct pg_sink *pg, const struct rows *rows);

/* Find out whether Citus distributes the tables. */
enum sink_result pg_read_distribution(struct pg_sink *pg);
/* Where it does: read since when rows are kept, which statements contain as a constant. */
enum sink_result pg_read_kept(struct pg_sink *pg);
/* Distribute tables over the nodes of Citus: if `wanted`, or if others are distributed. */
enum sink_result pg_distribute(struct pg_sink *pg, bool wanted);

/* Append the statements that come before those of pg_put_script(). */
void pg_put_settings(const struct pg_sink *pg, struct buffer *sql);
size_t pg_settings_count(const struct pg_sink *pg);

/* Append the statements that store rows of tables[t]: through a temporary table, or by COPY into
 * the table (`direct`), which is faster and fails as a whole if one key exists. Drones need what
 * pg_store_drones() does. */
void pg_put_script(const struct pg_sink *pg, struct buffer *sql, size_t t, bool direct);

/* Read the next result, which must be of the kind `wanted`, and its number of rows if `rows` is not NULL. */
enum sink_result pg_expect(struct pg_sink *pg, ExecStatusType wanted, size_t *rows);

/* Answer the COPY of these drones and what follows it in the script, and read the results. */
enum sink_result pg_store_drones(struct pg_sink *pg, const struct table_rows *drones);

/* Find out whether the database may alter or drop drones on their way into the table, and whether an
 * upsert can return which are new. */
enum sink_result pg_read_drones(struct pg_sink *pg);

/* Answer a COPY … FROM STDIN BINARY of tables[t] with these rows, sorted by key. The database's result
 * of it comes next. */
void pg_copy(struct pg_sink *pg, size_t t, const struct table_rows *rows);
/* The same with rows that are sorted. `meanwhile` is called with each, unless it is NULL: the database
 * works on those that were sent before. */
typedef void pg_row_call(struct pg_sink *pg, const struct value *row);
void pg_copy_sorted(struct pg_sink *pg, size_t t, const struct value *const *rows, size_t count,
	pg_row_call *meanwhile);

/* The calls of the sink. */
enum sink_result pg_check_delete(struct sink *sink, const bool wanted[TABLE_COUNT]);
enum sink_result pg_store(struct sink *sink, const struct rows *rows, size_t *stored);
enum sink_result pg_probe(struct sink *sink, const struct rows *rows);

#endif
