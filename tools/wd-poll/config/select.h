/* Which of the configured kits are this wd-poll's. */
#ifndef WD_POLL_SELECT_H
#define WD_POLL_SELECT_H

#include "tools/wd-poll/config/kit_list.h"

/* Drops the kits that `source` does not choose. Returns 0, or EX_CONFIG where an id is no kit's or
 * where ids and tags leave none. A shard may be empty. */
int select_kits(const struct kit_source *source, struct kit_list *kits);

/* The shard of 1..`shards` that a kit belongs to: the one with the highest hash of kit and shard,
 * so that one shard more takes its share from each of the others and moves nothing else (Thaler and
 * Ravishankar, "Using Name-Based Mappings to Increase Hit Rates", 1998: rendezvous hashing). */
unsigned select_shard(const char *kit, unsigned shards);

/* "2/3": shard 2 of 3. False for anything else. */
bool select_shard_parse(const char *text, unsigned *shard, unsigned *shards);

#endif
