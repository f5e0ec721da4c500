/* Which payloads are repeats: a cache of fixed size. Pure. */
#include "tools/wd-mqtt/intake/repeat.h"

#include "common/base/array.h"

#include <string.h>

bool repeat_check(struct repeat_cache *cache, uint64_t key, uint64_t payload)
{
	struct repeat_entry *set = cache->sets[key % ARRAY_SIZE(cache->sets)];
	unsigned way = 0;

	while (way < REPEAT_WAYS - 1 && set[way].key != key)
		way++;
	bool repeats = set[way].key == key && set[way].payload == payload;
	memmove(set + 1, set, way * sizeof(*set));
	set[0] = (struct repeat_entry){key, payload};
	return repeats;
}
