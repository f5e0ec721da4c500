/* Where rows go: one database, one transaction at a time. */
#ifndef WD_STORE_SINK_H
#define WD_STORE_SINK_H

#include "tools/wd-store/rows.h"

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

/* Two ways to store: send() and finish() for a rows in which every row is expected to be good, and,
 * after they have said SINK_DATA, the other calls, which bear with bad rows. After anything but 0
 * (and but SINK_DATA from put(), after which undo() recovers) the transaction is lost: abandon()
 * it. */
struct sink_calls {
	/* Connects where that is needed, and gives the whole rows to the database as a transaction
	 * of its own. The database may still be at work when it returns. */
	int (*send)(struct sink *sink, const struct rows *rows);

	/* Waits until the rows that was sent is committed. `*stored`: how many rows were new or
	 * changed, wd-store's own rejects not counted. */
	int (*finish)(struct sink *sink, const struct rows *rows, size_t *stored);

	/* Begins a transaction into which any part of `rows` can be put. */
	int (*begin)(struct sink *sink, const struct rows *rows);
	int (*commit)(struct sink *sink);
	void (*abandon)(struct sink *sink);

	/* A place in the transaction to which undo() returns; keep() or undo() ends it. */
	int (*mark)(struct sink *sink);
	int (*undo)(struct sink *sink);
	int (*keep)(struct sink *sink);

	/* Puts rows into the tables; `*stored` as above. */
	int (*put)(struct sink *sink, const struct rows *rows, size_t *stored);

	/* Warns of kits that are known under two ids. Does nothing on an error. */
	void (*check_kits)(struct sink *sink);

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

/* Notes the reason; its value is `status`. */
int sink_set_reason(struct sink *sink, int status, const char *code, const char *what);

#endif
