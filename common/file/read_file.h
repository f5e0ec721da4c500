/* Read a whole file. */
#ifndef WD_COMMON_READ_FILE_H
#define WD_COMMON_READ_FILE_H

#include "common/base/buffer.h"
#include "common/time/clock.h"

/* Larger files are refused. */
#define READ_FILE_MAX ((size_t)256 << 20)

/* Read the regular file `path` into `content` (empty before), and its time of modification into
 * `*written` (NULL: not wanted). If there is none, `*found` is false. Return 0, EX_NOINPUT or
 * EX_OSERR; the failure has been logged. */
int read_file(const char *path, struct buffer *content, clock_us *written, bool *found);

#endif
