/* A database that rows are read from, each table's in order. */
#ifndef WD_DUMP_SOURCE_H
#define WD_DUMP_SOURCE_H

#include "tools/wd-dump/query.h"
#include "tools/wd-dump/row.h"

struct source {
	const struct source_calls *calls;
};

/* All of one source are of one moment. Functions return 0 or an exit status, and have said why;
 * EX_TEMPFAIL for a database that is away or busy, and where a signal asks for the end. */
struct source_calls {
	/* Which columns of tables[t] there are; none if there is no such table. */
	int (*columns)(struct source *source, size_t t, bool exists[COLUMNS_MAX]);
	/* Begins to read tables[t]. The query is the caller's again afterwards. */
	int (*begin)(struct source *source, size_t t, const struct query *query);
	/* The next row of tables[t], until `*more` is false. Its texts are valid until the next
	 * call for this table. */
	int (*next)(struct source *source, size_t t, struct row *row, bool *more);
	void (*close)(struct source *source);
	enum dialect dialect;
};

/* Each returns 0 and a source, or an exit status. */
int source_postgresql(const char *url, struct source **source);
int source_sqlite(const char *file, struct source **source);

/* Whether a signal asks for the end; says so, once. */
bool source_stopped(void);

#endif
