/* The seed of a hash table. */
#include "common/base/hash.h"

#include <unistd.h>

uint64_t hash_seed(void)
{
	uint64_t seed;

	return getentropy(&seed, sizeof(seed)) ? HASH_START : seed;
}
