/* How far a long run has come, for somebody who watches at a terminal. */
#ifndef WD_COMMON_PROGRESS_H
#define WD_COMMON_PROGRESS_H

#include "common/clock.h"

#include <stdbool.h>
#include <stddef.h>

/* Whoever does the work counts in `count`, `bytes` and `reached`. */
struct progress {
	const char *unit; /* what `count` counts, as "lines"; kept, not copied */
	uint64_t count;
	uint64_t bytes, total; /* of the input; total 0: nobody knows */
	clock_us reached;      /* the time that the last of them tells; 0: none */

	int64_t began_us, due_us; /* on the monotonic clock */
	bool drawn;
};

/* Begins with nothing done. Where `shown` is false, or nobody watches (see log_is_interactive()),
 * nothing will ever be shown. */
void progress_open(struct progress *progress, const char *unit, bool shown);

/* Shows the line, or shows it anew: not within the first two seconds, and then not oftener than
 * five times a second. Reads the clock once, and not even that where nothing will be shown. */
void progress_show(struct progress *progress);

/* Takes the line away, if there was any. */
void progress_close(struct progress *progress);

/* What the line says after `elapsed_s` > 0 seconds:
 * "12% of 1.2 GB, 120000 lines, 61000 lines/s, 0:14 left" where the total is known, else
 * "120000 rows, 61000 rows/s, at 2026-11-23T17:59:18Z". */
void progress_format(char *text, size_t size, const struct progress *progress, double elapsed_s);

#endif
