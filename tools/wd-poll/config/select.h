/* Which of the configured kits this wd-poll polls. */
#ifndef WD_POLL_SELECT_H
#define WD_POLL_SELECT_H

#include "common/kits/kit_list.h"

/* Drop the kits that `source` does not select. Return 0, or EX_CONFIG if no kit has one of the ids
 * or if ids and tags leave none, unless the list may be empty. A shard may be empty. */
int select_kits(const struct kit_source *source, struct kit_list *kits, bool may_be_empty);

/* Parse "2/3": shard 2 of 3. */
bool select_shard_parse(const char *text, unsigned *shard, unsigned *shards);

#endif
