/* One input for several connections: each has a process of its own, each kit one of them. */
#ifndef WD_SHARE_H
#define WD_SHARE_H

#include "tools/wd-store/fill.h"

enum {
	SHARE_MOST = 64, /* connections */
};

/* As fill(), with settings->jobs processes that store side by side. All lines of a kit go to the
 * same one, in their order. Returns 0, or the first exit status of a process that is not 0. */
int share(const char *target, const struct fill_settings *settings, char *const *files,
	struct counts *counts);

#endif
