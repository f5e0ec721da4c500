/* What is asked of a table, as SQL for either database. */
#ifndef WD_DUMP_QUERY_H
#define WD_DUMP_QUERY_H

#include "common/buffer.h"
#include "common/clock.h"
#include "common/columns.h"
#include "common/opt.h"

enum dialect {
	DIALECT_POSTGRESQL,
	DIALECT_SQLITE,
};

/* Which rows are wanted. */
struct wish {
	bool from_since, to_until; /* whether the next two count */
	clock_us since, until;     /* since <= time < until; kits are not asked for their time */
	struct opt_list kits, drones;
	int64_t max; /* of each type the newest so many; 0: all */
};

enum {
	/* PostgreSQL's protocol counts parameters with 16 bits. */
	QUERY_PARAMETERS_MAX = 60000,
};

/* Text with parameters ($1 or ?1, each a text), and their values. */
struct query {
	struct buffer sql; /* ends with a NUL */
	const char **parameters;
	size_t count;
	char since[CLOCK_TEXT_SIZE], until[CLOCK_TEXT_SIZE];
};

/* Builds the query for tables[t]. It selects every column of the table, in its order, with NULL for
 * those of which `exists` says that they are not there; times as timestamptz or text, tags as JSON.
 * The rows come by time, then key, in the same order from both databases. */
void query_build(struct query *query, enum dialect dialect, size_t t, const bool *exists,
	const struct wish *wish);
void query_release(struct query *query);

#endif
