/* The query that reads a table, in either dialect. */
#ifndef WD_DUMP_QUERY_H
#define WD_DUMP_QUERY_H

#include "common/base/buffer.h"
#include "common/cli/opt.h"
#include "common/db/dialect.h"
#include "common/record/columns.h"
#include "common/time/clock.h"

/* The rows to read. */
struct selection {
	bool has_since, has_until;
	clock_us since, until; /* since <= time < until; kits have no time */
	struct opt_list kits, drones;
	int64_t max;    /* rows of each type, the newest ones; 0: all */
	bool http_kits; /* of kits only those that wd-poll can poll */
};

/* How far flights are followed before `since` and after `until`. */
#define FLIGHT_MARGIN_US (24 * 3600 * CLOCK_SECOND_US)

enum {
	/* PostgreSQL's protocol counts parameters with 16 bits. */
	QUERY_PARAMETERS_MAX = 60000,
};

/* SQL with parameters ($1 or ?1, all of type text), and their values. */
struct query {
	struct buffer sql; /* NUL-terminated */
	const char **parameters;
	size_t count;
	char since[CLOCK_TEXT_SIZE], until[CLOCK_TEXT_SIZE];
};

/* Build the query for tables[t]. It selects the columns of the table in their order, with NULL for
 * those that do not exist; times as timestamptz or text, tags as JSON. Rows are ordered by time,
 * then key, the same in both databases; sightings by bucket, drone and kit, and those of the time
 * before and after that the flights need. Call query_release() in any case; sql.failed without
 * memory. */
void query_build(struct query *query, enum dialect dialect, size_t t, const bool *exists,
	const struct selection *selection);
void query_release(struct query *query);

#endif
