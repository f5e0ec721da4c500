/* The PostgreSQL sink's inside: a connection and what it knows. */
#ifndef WD_STORE_PG_H
#define WD_STORE_PG_H

#include "common/buffer.h"
#include "common/db/sqlstate.h"
#include "tools/wd-store/sink.h"

#include <libpq-fe.h>

struct pg_sink {
	struct sink sink; /* first: a struct sink * is a struct pg_sink * */
	char *url;
	PGconn *conn; /* NULL between a failure and the next begin() */
	struct buffer copy;
	bool staged[TABLE_COUNT];         /* its temporary table and its statement are prepared */
	bool same_types[TABLE_COUNT];     /* every column has just the type that we send */
	bool all_new[TABLE_COUNT];        /* no row of the last rows was there already */
	int64_t keeps_us[TABLE_COUNT];    /* TimescaleDB drops rows that are older; 0: no row */
	bool warned_expired[TABLE_COUNT]; /* that rows were older */

	/* Of the rows that was sent, to be finished. */
	int sent;                   /* how that went */
	bool direct[TABLE_COUNT];   /* its rows went straight into the table */
	bool received[TABLE_COUNT]; /* its results are in `changed` */
	size_t changed[TABLE_COUNT];
};

/* Makes the connection if there is none. Returns 0, SINK_AGAIN, or EX_CONFIG, which is said. */
int pg_connect(struct pg_sink *pg);
/* That, whatever the tables look like. */
int pg_connect_only(struct pg_sink *pg);
void pg_disconnect(struct pg_sink *pg);

/* What the error `sqlstate` (NULL: the connection is gone) asks for, said where it cannot be
 * repeated or set aside, else noted in `sink.reason` with `what`. Neither holds anything of DETAIL,
 * which quotes the row. */
int pg_error(struct pg_sink *pg, const char *sqlstate, const char *what);

/* Runs statements; the result's error, if any, as a status. */
int pg_run(struct pg_sink *pg, const char *sql);

/* Consumes `result`: 0, or what its error asks for, said or noted in `sink.reason`. */
int pg_check_result(struct pg_sink *pg, PGresult *result);

/* Looks up the tables: EX_CONFIG, said, where one or a column of it is missing. */
int pg_check_schema(struct pg_sink *pg);

/* Reads the retention policies. Returns 0 or the error's status. */
int pg_read_retention(struct pg_sink *pg);

/* Warns once a table when rows that were stored are older than its policy keeps them. */
void pg_warn_expired(struct pg_sink *pg, const struct rows *rows);

/* Whether this user may store into each of them: EX_CONFIG, said, where a right is missing. */
int pg_check_rights(struct pg_sink *pg);

/* The temporary table through which rows of tables[t] go, and the statement that empties it. */
int pg_stage(struct pg_sink *pg, size_t t);

/* Answers a COPY … FROM STDIN BINARY of tables[t] with these rows. Returns 0 or EX_OSERR; what
 * the database says to them comes as the next result. */
int pg_copy(struct pg_sink *pg, size_t t, const struct table_rows *rows);

/* Appends the statements that put rows of tables[t] into it: through its temporary table, or
 * straight by COPY (`direct`), which is faster and fails as a whole where one key is there. */
void pg_script(struct buffer *sql, size_t t, bool direct);

/* The two halves of struct sink_calls for a rows without bad rows. */
int pg_send(struct sink *sink, const struct rows *rows);
int pg_finish(struct sink *sink, const struct rows *rows, size_t *stored);

/* Runs the statements of pg_script() for tables[t]. Adds to `*changed`. */
int pg_put_rows(struct pg_sink *pg, size_t t, const struct table_rows *rows, size_t *changed);

/* Prepares what the tables of the rows need; outside of a transaction, whose end it must outlive.
 */
int pg_stage_all(struct pg_sink *pg, const struct rows *rows);

#endif
