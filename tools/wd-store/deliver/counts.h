/* What happened to the lines: each is counted once. */
#ifndef WD_STORE_COUNTS_H
#define WD_STORE_COUNTS_H

#include <stddef.h>

/* read = stored + unchanged + rejected + ignored once all lines are committed. */
struct counts {
	size_t read;           /* lines, except blank and control lines */
	size_t stored;         /* rows that were new or changed */
	size_t unchanged;      /* lines whose row existed, or that repeat one of the batch */
	size_t rejected;       /* lines that became rows of `rejects` with stage wd-store */
	size_t ignored;        /* lines of a type without a table */
	size_t not_normalized; /* those of the ignored lines that are replies with a body */
	size_t warned;         /* how many of them have been logged */
	size_t bytes;          /* of the lines read, with their newlines */
};

void counts_add(struct counts *sum, const struct counts *more);

/* Return what was committed since `earlier`, a previous value of `counts`. Lines that are not
 * committed yet are not in `read`. */
struct counts counts_since(const struct counts *counts, const struct counts *earlier);

/* Log that replies were not normalized, if there are some that have not been logged. */
void counts_warn(struct counts *counts);

/* Return how many lines are read and not committed. */
size_t counts_waiting(const struct counts *counts);

/* Log `read=… stored=… unchanged=… rejected=… ignored=…`, and `waiting=…` unless it is 0. */
void counts_report(const struct counts *counts);

#endif
