/* Write a file that others may read at any time: replace it as a whole, by rename. */
#ifndef WD_COMMON_WRITE_ATOMIC_H
#define WD_COMMON_WRITE_ATOMIC_H

#include "common/base/buffer.h"

/* Write `content` to `path`.tmp, sync it and rename it to `path`; empty `content`. At any time, and
 * after a kill at any time, `path` is the old file or the new one. Return 0, EX_CANTCREAT or
 * EX_IOERR; the failure has been logged. */
int write_atomic(const char *path, struct buffer *content);

#endif
