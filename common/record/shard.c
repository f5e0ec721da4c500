#include "common/record/shard.h"

#include "common/base/hash.h"

#include <string.h>

/* The finalizer of SplitMix64 (Steele, Lea, Flood 2014): each bit depends on all. */
static uint64_t mix(uint64_t x)
{
	x = (x ^ (x >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
	x = (x ^ (x >> 27)) * UINT64_C(0x94d049bb133111eb);
	return x ^ (x >> 31);
}

unsigned shard_of(const char *kit, unsigned shards)
{
	uint64_t seed = hash_bytes(HASH_START, kit, strlen(kit)), highest = 0;
	unsigned best = 1;

	for (unsigned shard = 1; shard <= shards; shard++) {
		uint64_t hash = mix(seed ^ mix(shard));
		if (hash > highest) {
			highest = hash;
			best = shard;
		}
	}
	return best;
}
