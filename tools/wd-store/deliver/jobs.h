/* Storing files through several connections: one process each; each kit belongs to one of them. */
#ifndef WD_STORE_JOBS_H
#define WD_STORE_JOBS_H

#include "common/db/target.h"
#include "tools/wd-store/deliver/ingest.h"

enum {
	JOBS_MAX = 64, /* connections */
};

/* As ingest_run(), with `jobs` processes, each of which reads all files and stores the lines of its
 * kits. The input must be regular files. Return 0, or the first status of a process that is not
 * 0. */
int jobs_run(const struct target *target, const struct ingest_settings *settings, size_t jobs,
	char *const *files, struct counts *counts);

#endif
