/* A sink: where rows go. One database, one transaction at a time. */
#ifndef WD_STORE_SINK_H
#define WD_STORE_SINK_H

#include "common/db/dialect.h"
#include "common/log/log.h"
#include "common/time/clock.h"
#include "tools/wd-store/rows/rows.h"

#include <pthread.h>

enum sink_result {
	SINK_OK,
	SINK_RETRY,   /* the database is unavailable, busy or read-only: may work later */
	SINK_RACE,    /* lost against another transaction: works at once */
	SINK_REFUSED, /* the database refuses a row */
	SINK_SUSPECT, /* tables, privileges or an unknown error; but a trigger may raise any error
		       */
	SINK_FAILED,  /* an operator must act: logged, `status` is the exit status */
};

enum {
	SINK_REASON_MAX = 192, /* bytes with the NUL */
};

/* The error of the last call that did not return SINK_OK. It never contains text from a row. */
struct sink_error {
	char code[6];                 /* a SQLSTATE; "" without one */
	char reason[SINK_REASON_MAX]; /* the code and what is known */
	const char *hint;             /* what fixes it, or NULL */
	int status;                   /* the exit status of SINK_SUSPECT and SINK_FAILED */
	bool raised;                  /* by a function in the database, such as a trigger's */
	bool too_slow;                /* a statement was cancelled because it took too long */
};

struct sink {
	const struct sink_calls *calls;
	struct sink_error error;
	enum dialect dialect;
	int64_t keeps_s;    /* a policy of the database deletes drones of this age; 0: none */
	clock_us kept_from; /* Citus: rows before it may have been deleted */

	/* Of the rows that were sent. Until sink_finish() has joined it, the sink is the worker's. */
	pthread_t worker;
	bool working;
	int done_fd; /* an event of the worker: it is done; 0 or -1: not open */
	const struct rows *rows;
	enum sink_result result;
	size_t stored;
};

/* Of a query without rows, or whose value is null. */
#define SINK_NO_NUMBER INT64_MIN

/* How long to keep rows, by enum keep, in seconds; 0: not given, as until now. */
struct retention {
	double keep_s[KEEP_COUNT];
};

/* What --migrate does besides, where the database can. */
struct migration {
	bool roles;
	bool distribute; /* over the nodes of Citus */
	struct retention retention;
};

/* After any result but SINK_OK the transaction is lost: call abandon(). */
struct sink_calls {
	/* Connect if necessary, and commit all rows as one transaction. `*stored`, which is 0 before:
	 * how many rows were new or changed, without wd-store's own rejects. */
	enum sink_result (*store)(struct sink *sink, const struct rows *rows, size_t *stored);

	void (*abandon)(struct sink *sink);

	/* Store these rows in every way that store() may choose, and roll back. */
	enum sink_result (*probe)(struct sink *sink, const struct rows *rows);

	/* The input is idle: a good time for maintenance. */
	void (*idle)(struct sink *sink);

	/* Warn of kits that are known under two ids. Does nothing on an error. */
	void (*check_kits)(struct sink *sink);

	/* Connect, and check the tables and privileges. */
	enum sink_result (*check)(struct sink *sink);

	/* Fail if rows could not have been stored, after an input without any. Creates nothing. */
	enum sink_result (*check_unused)(struct sink *sink);

	/* Connect, and fail if the user may not delete rows of the wanted tables. */
	enum sink_result (*check_delete)(struct sink *sink, const bool wanted[TABLE_COUNT]);

	/* Connect, and create or complete the tables. */
	enum sink_result (*migrate)(struct sink *sink, const struct migration *migration);

	/* Run a statement of prune_statement() for tables[t]. `*deleted` is 0 also where the
	 * database removes old rows itself. */
	enum sink_result (*prune)(struct sink *sink, size_t t, const char *sql, size_t *deleted);

	/* Run statements. `*number`: the value that the last one selects, or how many rows it
	 * wrote. Connects to a database that exists. */
	enum sink_result (*run)(struct sink *sink, const char *sql, int64_t *number);

	/* Return the space of deleted rows to the file system, as far as the database can. */
	enum sink_result (*shrink)(struct sink *sink);

	/* Copy the database to a new file. */
	enum sink_result (*backup)(struct sink *sink, const char *file);

	void (*close)(struct sink *sink);
};

/* Create a sink, which connects later. Return 0 or EX_USAGE. `force`: also on a network file
 * system. */
int sink_postgresql(const char *url, struct sink **sink);
int sink_sqlite(const char *file, bool force, struct sink **sink);

/* Once before sink_send(). Return 0 or EX_OSERR. */
int sink_open_worker(struct sink *sink);

/* Begin to store these rows in a thread: meanwhile the next lines are read. */
void sink_send(struct sink *sink, const struct rows *rows);

/* Whether sink_finish() would not wait. */
bool sink_is_done(const struct sink *sink);

/* Wait until the rows that were sent are committed, as store() describes. */
enum sink_result sink_finish(struct sink *sink, size_t *stored);

/* Wait for the rows that were sent, and free the sink. */
void sink_close(struct sink *sink);

/* Record the error; the value is `result`. `code` "": none; `what` may be NULL. */
enum sink_result sink_error(
	struct sink *sink, enum sink_result result, const char *code, const char *what);

/* Log the error of SINK_SUSPECT; the value is SINK_FAILED. */
enum sink_result sink_report(struct sink *sink);

/* Turn a refusal by tables[t], which is computed from the rows of another table, into SINK_FAILED:
 * it is never the fault of a row. Other results are returned unchanged. */
enum sink_result sink_check_derived(struct sink *sink, size_t t, enum sink_result result);

/* Log, and set `status`: `return sink_fail(sink, EX_CONFIG, "message", {"key", value});`. */
#define sink_fail(sink, exit_status, ...)                                                          \
	((sink)->error.status = fail(exit_status, __VA_ARGS__), (enum sink_result)SINK_FAILED)

#endif
