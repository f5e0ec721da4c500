/* SHA-256 (FIPS 180-4): names a reject by what it holds. */
#ifndef WD_SHA256_H
#define WD_SHA256_H

#include <stddef.h>
#include <stdint.h>

enum {
	SHA256_SIZE = 32,
	SHA256_BLOCK = 64,
};

struct sha256 {
	uint32_t state[8];
	uint64_t length; /* bytes added so far */
	unsigned char block[SHA256_BLOCK];
};

void sha256_init(struct sha256 *hash);
void sha256_add(struct sha256 *hash, const void *bytes, size_t length);
void sha256_end(struct sha256 *hash, unsigned char digest[SHA256_SIZE]);

#endif
