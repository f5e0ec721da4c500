/* The input's lines into the store: no line waits longer than it may. */
#ifndef WD_STORE_FILL_H
#define WD_STORE_FILL_H

#include "tools/wd-store/sink.h"

struct fill_settings {
	int64_t batch;  /* lines */
	double delay_s; /* the longest that a line waits for more */
	bool fail_fast;
	bool acknowledge; /* answer marks on stdout */
	size_t job, jobs; /* of several: whose lines are stored */
};

/* Stores the lines of `files` (NULL at the end; none: stdin) and counts them in `counts`. Closes
 * `sink`. Returns 0 or an exit status. */
int fill(struct sink *sink, const struct fill_settings *settings, char *const *files,
	struct counts *counts);

#endif
