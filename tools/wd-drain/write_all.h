/* Write bytes to a regular file. */
#ifndef WD_DRAIN_WRITE_ALL_H
#define WD_DRAIN_WRITE_ALL_H

#include "common/base/span.h"

/* Write all of `bytes` at the position of `fd`, which must be a regular file: another descriptor
 * may block, also after SIGTERM. Nothing is logged. Return 0 or an errno. */
int write_all(int fd, struct span bytes);

#endif
