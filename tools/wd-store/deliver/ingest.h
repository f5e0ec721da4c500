/* Reading the input into the pipeline; no line waits longer than --delay. */
#ifndef WD_STORE_INGEST_H
#define WD_STORE_INGEST_H

#include "tools/wd-store/sink/sink.h"

struct ingest_settings {
	int64_t batch;  /* lines */
	double delay_s; /* maximum time that a line waits for others */
	bool fail_fast;
	bool acknowledge; /* answer marks on stdout */
	size_t job, jobs; /* partition `job` of `jobs` */
};

/* Store the lines of `files` (NULL-terminated; empty: stdin) and count them in `counts`. Close
 * `sink`. Return 0 or an exit status. */
int ingest_run(struct sink *sink, const struct ingest_settings *settings, char *const *files,
	struct counts *counts);

#endif
