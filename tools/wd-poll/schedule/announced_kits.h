/* The kits of this spool, kept in it across restarts: a kit that is removed from kits.yaml while
 * wd-poll is down gets its `enabled:false` line at the next start. */
#ifndef WD_POLL_ANNOUNCED_KITS_H
#define WD_POLL_ANNOUNCED_KITS_H

#include "common/spool/spool.h"
#include "tools/wd-poll/schedule/kit_set.h"

/* Zero-initialise. */
struct announced_kits {
	struct spool *spool;   /* NULL: nothing is kept */
	struct buffer pending; /* lines of kits that may be those whose name is not known yet */
};

/* Read SPOOL/poll.kits, which has the `enabled:false` line of each kit that was polled, and append
 * those of kits that are not configured to the output of `set`. Return 0, EX_IOERR or EX_OSERR. */
int announced_kits_open(struct announced_kits *announced, struct spool *spool, struct kit_set *set);
void announced_kits_release(struct announced_kits *announced);

/* Replace the file if a `kit` line has been written since, and once that line is sealed. A failure
 * is logged. */
void announced_kits_update(struct announced_kits *announced, struct kit_set *set);

#endif
