/* A database from which rows are read. */
#ifndef WD_DUMP_SOURCE_H
#define WD_DUMP_SOURCE_H

#include "tools/wd-dump/query.h"
#include "tools/wd-dump/row.h"

struct source {
	const struct source_calls *calls;
};

/* All reads see one snapshot. Functions return 0, or an exit status after logging the error;
 * EX_TEMPFAIL if the database is unavailable or busy, or a signal was received. */
struct source_calls {
	/* Find which columns of tables[t] exist; none if there is no such table. */
	int (*columns)(struct source *source, size_t t, bool exists[COLUMNS_MAX]);
	/* Start reading tables[t]. The query is not used after the return. */
	int (*begin)(struct source *source, size_t t, const struct query *query);
	/* Read the next row of tables[t]; `*more` is false after the last. Its texts are valid
	 * until the next call for this table. */
	int (*next)(struct source *source, size_t t, struct row *row, bool *more);
	void (*close)(struct source *source);
	enum dialect dialect;
};

/* Open the database that `target` names. Return 0 or an exit status. */
int source_open(const char *target, struct source **source);

/* `url` and `file` are used only during the call. */
int source_postgresql(const char *url, struct source **source);
int source_sqlite(const char *file, struct source **source);

/* Whether a signal asked to stop; true once. */
bool source_stopped(void);

#endif
