/* The kits of this wd-poll: from kits.yaml or the command line, checked, and chosen among. */
#ifndef WD_POLL_LOAD_H
#define WD_POLL_LOAD_H

#include "tools/wd-poll/config/kit_list.h"

/* Returns 0; EX_CONFIG for what is wrong with the file or one of its kits; EX_USAGE for what is
 * wrong with `url`; EX_OSERR without memory. All that is wrong has been said, and `kits` is empty
 * then. Otherwise the caller releases it. */
int load_kits(const struct kit_source *source, struct kit_list *kits);

#endif
