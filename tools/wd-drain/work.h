/* The work as a whole: feeds the spool to pipelines, one after another, until there is nothing to
 * do any more. */
#ifndef WD_DRAIN_WORK_H
#define WD_DRAIN_WORK_H

#include "tools/wd-drain/drain.h"

/* Return the exit status: 0 after SIGTERM; with --once 0 when everything is stored or set
 * aside. */
int work(struct drain *drain);

#endif
