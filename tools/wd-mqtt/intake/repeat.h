/* Which payloads are repeats: a cache of fixed size. Pure.
 *
 * DragonSync publishes an observation every two seconds for as long as it is younger than a minute,
 * and each of its aircraft every three seconds whether or not it has been heard again. */
#ifndef WD_MQTT_REPEAT_H
#define WD_MQTT_REPEAT_H

#include <stdbool.h>
#include <stdint.h>

#define REPEAT_ENTRIES 16384
#define REPEAT_WAYS    8

/* Eight-way set-associative: each set has its most recently used entry first. Zero-initialise. */
struct repeat_cache {
	struct repeat_entry {
		uint64_t key, payload;
	} sets[REPEAT_ENTRIES / REPEAT_WAYS][REPEAT_WAYS];
};

/* Whether `payload` (a hash) is the payload that was seen last under `key` (a hash, not 0);
 * remembers it. To ask whether a payload has been seen at all, use its hash as the key. An entry
 * that was evicted (the least recently used of its set) is unknown: a repeat is then taken as new,
 * never a new payload as a repeat. */
bool repeat_check(struct repeat_cache *cache, uint64_t key, uint64_t payload);

#endif
