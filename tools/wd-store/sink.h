/* Where rows go: one database, one transaction at a time. */
#ifndef WD_SINK_H
#define WD_SINK_H

#include "tools/wd-store/load.h"

/* What a sink's functions return besides 0 and exit statuses. */
enum {
	SINK_DATA = -1,  /* the database refuses what is in a row; `reason` says why */
	SINK_AGAIN = -2, /* the database is away or busy; `reason` says why */
};

enum {
	SINK_REASON_MAX = 96, /* bytes, NUL included; no string of a radio is in it */
};

struct sink {
	const struct sink_calls *calls;
	char reason[SINK_REASON_MAX];
};

/* After anything but 0 the transaction is lost, abandon() it; after SINK_DATA undo() saves what
 * was put before the mark. */
struct sink_calls {
	/* Makes sure of a connection, of tables that fit and of what `load` needs; begins a
	 * transaction, into which `load` and any part of it can be put. */
	int (*begin)(struct sink *sink, const struct load *load);
	int (*commit)(struct sink *sink);
	void (*abandon)(struct sink *sink);

	/* A place in the transaction to which undo() returns; keep() or undo() ends it. */
	int (*mark)(struct sink *sink);
	int (*undo)(struct sink *sink);
	int (*keep)(struct sink *sink);

	/* Puts the rows of a load into the tables. Adds to `*stored` how many rows were new or
	 * changed, wd-store's own rejects not counted. */
	int (*put)(struct sink *sink, const struct load *load, size_t *stored);

	/* Makes sure that lines could be stored: connects and looks at the tables. */
	int (*check)(struct sink *sink);

	/* Makes or completes the tables; with `roles`, the roles too, where there are such things.
	 */
	int (*migrate)(struct sink *sink, bool roles);

	void (*close)(struct sink *sink);
};

/* Nothing is opened yet: the first begin() does. Each returns 0, EX_USAGE or EX_OSERR. */
int sink_postgresql(const char *url, struct sink **sink);
int sink_sqlite(const char *file, struct sink **sink);

/* The one that `target` names. EX_USAGE where it names none. */
int sink_open(const char *target, struct sink **sink);

/* Notes the reason; its value is `status`. */
int sink_says(struct sink *sink, int status, const char *code, const char *what);

#endif
