/* Show the progress of a long run at a terminal. */
#ifndef WD_COMMON_PROGRESS_H
#define WD_COMMON_PROGRESS_H

#include "common/time/clock.h"

#include <stdbool.h>
#include <stddef.h>

/* The caller counts its work in `count`, `bytes` and `reached`. */
struct progress {
	const char *unit; /* of `count`: "lines"; kept, not copied */
	uint64_t count;
	uint64_t bytes, total; /* of the input; total 0: unknown */
	clock_us reached;      /* time of the last row; 0: none */

	int64_t began_us, due_us; /* on the monotonic clock */
	bool drawn;
};

/* Start. Nothing is ever shown if `shown` is false or log_is_interactive() is. */
void progress_open(struct progress *progress, const char *unit, bool shown);

/* Show or update the line: after the first two seconds, at most five times per second. Cheap: reads
 * the clock once, or not at all if nothing is shown. */
void progress_show(struct progress *progress);

/* Remove the line, if there is one. */
void progress_close(struct progress *progress);

/* Format the line after `elapsed_s` > 0 seconds:
 * "12% of 1.2 GB, 120000 lines, 61000 lines/s, 0:14 left" if the total is known, else
 * "120000 rows, 61000 rows/s, at 2026-11-23T17:59:18Z". */
void progress_format(char *text, size_t size, const struct progress *progress, double elapsed_s);

#endif
