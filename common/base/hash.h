/* FNV-1a, 64 bits (http://www.isthe.com/chongo/tech/comp/fnv/): for hash tables and for spreading
 * kits. Where an attacker chooses the bytes, start with a random seed. */
#ifndef WD_COMMON_HASH_H
#define WD_COMMON_HASH_H

#include <stddef.h>
#include <stdint.h>

#define HASH_START UINT64_C(0xcbf29ce484222325)

/* Return a random start, so that senders cannot choose names that share a slot; HASH_START if the system
 * has no random numbers. */
uint64_t hash_seed(void);

/* Continue `hash`, which is HASH_START or a seed at first, with more bytes. */
static inline uint64_t hash_bytes(uint64_t hash, const void *bytes, size_t length)
{
	const unsigned char *at = bytes;

	for (size_t i = 0; i < length; i++)
		hash = (hash ^ at[i]) * UINT64_C(0x100000001b3);
	return hash;
}

/* The low bits of FNV-1a are good enough for a modulus once the high bits are folded in. */
static inline uint64_t hash_fold(uint64_t hash)
{
	return hash ^ hash >> 32;
}

#endif
