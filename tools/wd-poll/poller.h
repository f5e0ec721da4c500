/* The loop: asks the kits that are due, takes their replies, writes lines. */
#ifndef WD_POLL_POLLER_H
#define WD_POLL_POLLER_H

#include "common/kits/kit_list.h"
#include "common/spool/spool.h"

/* Polls `kits`, which it takes over, until SIGTERM or SIGINT; SIGHUP loads them anew from `source`.
 * With `once`, asks each endpoint of each kit once. Lines go to `spool`, which is open, or to
 * stdout where that is NULL. Returns 0; 1 where with `once` a kit gave no usable reply; EX_IOERR
 * when lines cannot be written, a reader that is gone included; EX_OSERR without memory or
 * descriptors. */
int poller_run(
	const struct kit_source *source, struct kit_list *kits, bool once, struct spool *spool);

#endif
