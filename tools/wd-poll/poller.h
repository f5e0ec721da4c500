/* The loop: polls the kits that are due, handles their replies, writes lines. */
#ifndef WD_POLL_POLLER_H
#define WD_POLL_POLLER_H

#include "common/kits/kit_list.h"
#include "common/spool/spool.h"

struct poller_options {
	const char *name;    /* of this poller, in lines */
	struct spool *spool; /* open; NULL: lines go to stdout */
	bool once;           /* poll each endpoint of each kit once */
};

/* Poll `kits`, which it takes over, until SIGTERM or SIGINT; SIGHUP reloads them from `source`.
 * Return 0; 1 if with `once` a kit gave no usable reply; EX_IOERR if lines cannot be written,
 * including a reader that is gone; EX_TEMPFAIL if with `once` the spool is full; EX_OSERR if out of
 * memory or descriptors. */
int poller_run(const struct kit_source *source, struct kit_list *kits,
	const struct poller_options *options);

#endif
