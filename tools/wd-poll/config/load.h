/* The kits of this wd-poll: read from files or the command line, checked, and selected. */
#ifndef WD_POLL_LOAD_H
#define WD_POLL_LOAD_H

#include "common/kits/kit_list.h"

/* Read the kits of `source` into `kits`, which is empty. Return 0; EX_CONFIG for an error in a
 * file or one of its kits; EX_USAGE for one in `url`; EX_OSERR. Errors have been logged, and `kits`
 * is empty then; otherwise the caller releases it. */
int load_kits(const struct kit_source *source, struct kit_list *kits);

#endif
