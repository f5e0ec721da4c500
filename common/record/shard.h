/* Which shard a kit belongs to: wd-poll polls by it, wd-send chooses a queue by it. */
#ifndef WD_COMMON_SHARD_H
#define WD_COMMON_SHARD_H

#define SHARDS_MAX 10000

/* Return the shard of 1..`shards` that a kit belongs to: the one with the highest hash of kit and
 * shard. An additional shard takes its part from each of the others and moves no other kit (Thaler
 * and Ravishankar, "Using Name-Based Mappings to Increase Hit Rates", 1998: rendezvous hashing). */
unsigned shard_of(const char *kit, unsigned shards);

#endif
