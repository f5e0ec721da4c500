/* Files for several connections: each has a process of its own, each kit one of them. */
#ifndef WD_STORE_SHARE_H
#define WD_STORE_SHARE_H

#include "tools/wd-store/fill.h"

enum {
	JOBS_MAX = 64, /* connections */
};

/* As fill(), with `jobs` processes side by side, each of which reads the files and stores the lines
 * of its kits. The input must be files, or a stdin that is one. Returns 0, or the first exit status
 * of a process that is not 0. */
int share(const char *target, const struct fill_settings *settings, size_t jobs, char *const *files,
	struct counts *counts);

#endif
