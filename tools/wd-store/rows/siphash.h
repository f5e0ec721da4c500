/* SipHash-2-4 (https://www.aumasson.jp/siphash/siphash.pdf) of 64-bit words: with a secret key, no one
 * who chooses the input can find two inputs with one hash. */
#ifndef WD_STORE_SIPHASH_H
#define WD_STORE_SIPHASH_H

#include <stddef.h>
#include <stdint.h>
#include <string.h>

struct siphash {
	uint64_t v0, v1, v2, v3;
};

static inline struct siphash siphash_start(const uint64_t key[2])
{
	return (struct siphash){
		key[0] ^ UINT64_C(0x736f6d6570736575),
		key[1] ^ UINT64_C(0x646f72616e646f6d),
		key[0] ^ UINT64_C(0x6c7967656e657261),
		key[1] ^ UINT64_C(0x7465646279746573),
	};
}

static inline uint64_t siphash_rotate(uint64_t word, int bits)
{
	return word << bits | word >> (64 - bits);
}

static inline void siphash_round(struct siphash *s)
{
	s->v0 += s->v1;
	s->v1 = siphash_rotate(s->v1, 13) ^ s->v0;
	s->v0 = siphash_rotate(s->v0, 32);
	s->v2 += s->v3;
	s->v3 = siphash_rotate(s->v3, 16) ^ s->v2;
	s->v0 += s->v3;
	s->v3 = siphash_rotate(s->v3, 21) ^ s->v0;
	s->v2 += s->v1;
	s->v1 = siphash_rotate(s->v1, 17) ^ s->v2;
	s->v2 = siphash_rotate(s->v2, 32);
}

static inline void siphash_word(struct siphash *s, uint64_t word)
{
	s->v3 ^= word;
	siphash_round(s);
	siphash_round(s);
	s->v0 ^= word;
}

/* The length, then the bytes in words, the last filled with zeros. */
static inline void siphash_bytes(struct siphash *s, const char *bytes, size_t length)
{
	uint64_t word;

	siphash_word(s, length);
	for (; length >= sizeof(word); length -= sizeof(word), bytes += sizeof(word)) {
		memcpy(&word, bytes, sizeof(word));
		siphash_word(s, word);
	}
	if (length == 0)
		return;
	word = 0;
	memcpy(&word, bytes, length);
	siphash_word(s, word);
}

/* Return the hash of the words so far; more may follow. */
static inline uint64_t siphash_value(struct siphash s)
{
	s.v2 ^= 0xff;
	for (int i = 0; i < 4; i++)
		siphash_round(&s);
	return s.v0 ^ s.v1 ^ s.v2 ^ s.v3;
}

#endif
