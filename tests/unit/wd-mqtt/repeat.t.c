/* The cache of repeated payloads. */
#include "tools/wd-mqtt/intake/repeat.h"
#include "tests/unit/tap.h"

static struct repeat_cache cache;

static void latest(void)
{
	ok(!repeat_check(&cache, 7, 100), "the first payload is new");
	ok(repeat_check(&cache, 7, 100), "the same one is a repeat");
	ok(repeat_check(&cache, 7, 100), "for as long as it stays the same");
	ok(!repeat_check(&cache, 7, 101), "another one is new");
	ok(!repeat_check(&cache, 7, 100), "and so is the first one after it");
	ok(!repeat_check(&cache, 8, 100), "a payload under another key is new");
}

static void any(void)
{
	const uint64_t a = 0xaaaa, b = 0xbbbb;

	ok(!repeat_check(&cache, a, a), "a is new");
	ok(!repeat_check(&cache, b, b), "b is new");
	ok(repeat_check(&cache, a, a), "a has been seen, although b was between");
}

static void bounded(void)
{
	static struct repeat_cache full;
	const uint64_t sets = REPEAT_ENTRIES / REPEAT_WAYS;

	for (uint64_t i = 0; i < REPEAT_WAYS; i++)
		repeat_check(&full, 5 + i * sets, i + 1);
	ok(repeat_check(&full, 5, 1), "a set holds as many keys as it has ways");
	ok(!repeat_check(&full, 5 + REPEAT_WAYS * sets, 1), "one more is new");
	ok(repeat_check(&full, 5, 1), "and evicts none that was used lately");
	ok(!repeat_check(&full, 5 + sets, 2), "but the least recently used one");
}

static void capacity(void)
{
	static struct repeat_cache many;
	uint64_t hits = 0;

	for (int round = 0; round < 2; round++) {
		for (uint64_t key = 1; key <= REPEAT_ENTRIES; key++)
			hits += repeat_check(&many, key, key);
	}
	is_number((double)hits, REPEAT_ENTRIES, "16,384 entries fit");
}

int main(void)
{
	latest();
	any();
	bounded();
	capacity();
	return tap_done();
}
