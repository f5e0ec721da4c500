/* Files that others read while we write them: replaced as a whole, by rename. */
#ifndef WD_HEALTH_REPLACE_H
#define WD_HEALTH_REPLACE_H

#include "common/buffer.h"

/* Writes `content` to `path`.tmp, makes it durable and renames it to `path`; empties `content`. At
 * any moment, and after a kill at any moment, `path` is the old file or the new one. Returns 0,
 * EX_CANTCREAT or EX_IOERR; the failure has been logged. */
int replace_file(const char *path, struct buffer *content);

#endif
