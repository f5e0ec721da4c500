/* --check: what would be polled, for people. */
#ifndef WD_POLL_PLAN_H
#define WD_POLL_PLAN_H

#include "tools/wd-poll/kits.h"

/* Prints a line a kit on stdout, and releases `kits`. Returns 0 or EX_IOERR. */
int plan_print(struct kits *kits);

#endif
