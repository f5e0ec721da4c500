/* A whole file in memory. */
#ifndef WD_HEALTH_SLURP_H
#define WD_HEALTH_SLURP_H

#include "common/buffer.h"
#include "common/clock.h"

/* Larger files are refused. */
#define SLURP_MAX ((size_t)256 << 20)

/* Reads the regular file `path` into `content` (empty before), and when it was written into
 * `*written`. `*found` is false, and nothing is read, where there is none. Returns 0, EX_NOINPUT or
 * EX_OSERR; the failure has been logged. */
int slurp(const char *path, struct buffer *content, clock_us *written, bool *found);

#endif
