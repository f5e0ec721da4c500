/* Batches into a sink: all of it or, after trying again, none; bad rows set aside; counted. */
#ifndef WD_STORE_H
#define WD_STORE_H

#include "tools/wd-store/sink.h"

#include <signal.h>

/* read = stored + unchanged + rejected + ignored, once nothing waits. */
struct counts {
	size_t read;      /* lines, blank ones aside */
	size_t stored;    /* rows that were new or changed */
	size_t unchanged; /* lines whose row was there already, or came again in the batch */
	size_t rejected;  /* lines that became rows of `rejects` with stage wd-store */
	size_t ignored;   /* lines of a type without a table */
};

struct store {
	struct sink *sink;
	bool fail_fast;
	struct load load;
	struct counts counts;
	unsigned failures; /* in a row, of the database */
};

/* For batches of at most `most` lines. Owns `sink` from here on, also on failure. Returns 0 or
 * EX_OSERR. */
int store_open(struct store *store, struct sink *sink, size_t most, bool fail_fast);
void store_close(struct store *store);

/* Stores the lines of a batch and empties it. Tries again for as long as the database is away,
 * with a random wait of 1 to 30 s; returns EX_TEMPFAIL instead when `fail_fast`, or when a signal
 * asks to stop. Otherwise 0 or an exit status; the batch is then as it was. */
int store_batch(struct store *store, struct batch *batch);

/* Says the counts: `read=… stored=… unchanged=… rejected=… ignored=…`, and `waiting=…` where
 * something does. */
void store_report(const struct store *store);

/* The longest wait before the next attempt, in seconds; each is a random part of it. */
double store_wait_s(unsigned failures, double random);

#endif
