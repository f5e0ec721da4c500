/* Going on without a segment that cannot be read. */
#ifndef WD_DRAIN_SKIP_H
#define WD_DRAIN_SKIP_H

#include "tools/wd-drain/drain.h"

/* A segment cannot be opened or read, for the reason of the errno `error`. It must not hold up the
 * others: it is left to a later try, or set aside if it is a file that no writer makes. Return 0,
 * EX_IOERR or EX_OSERR; the failure has been logged. */
int skip_segment(struct drain *drain, const char *name, int error);

#endif
