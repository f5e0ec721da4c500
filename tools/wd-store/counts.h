/* What became of the lines: each is counted once. */
#ifndef WD_STORE_COUNTS_H
#define WD_STORE_COUNTS_H

#include <stddef.h>

/* read = stored + unchanged + rejected + ignored, once nothing waits. */
struct counts {
	size_t read;      /* lines, blank ones aside */
	size_t stored;    /* rows that were new or changed */
	size_t unchanged; /* lines whose row was there already, or came again in the batch */
	size_t rejected;  /* lines that became rows of `rejects` with stage wd-store */
	size_t ignored;   /* lines of a type without a table */
	size_t bytes;     /* of the lines read, with their newlines */
};

void counts_add(struct counts *sum, const struct counts *more);

/* What was committed after `earlier`, a previous value of `counts`: lines that wait are not in
 * `read`. */
struct counts counts_since(const struct counts *counts, const struct counts *earlier);

/* Lines that were read and are not yet one of the others. */
size_t counts_waiting(const struct counts *counts);

/* Says `read=… stored=… unchanged=… rejected=… ignored=…`, and `waiting=…` where something does. */
void counts_report(const struct counts *counts);

#endif
