/* Which shard a kit belongs to. */
#include "common/record/shard.h"
#include "common/base/array.h"
#include "tests/unit/tap.h"

enum {
	KITS = 10000
};

static unsigned numbered(int kit, unsigned shards)
{
	char name[32];

	snprintf(name, sizeof(name), "kit-%03d", kit);
	return shard_of(name, shards);
}

static void even(void)
{
	unsigned counts[5] = {0};

	for (int i = 0; i < KITS; i++)
		counts[numbered(i, 4)]++;
	is_number(counts[0], 0, "shards are counted from 1");
	for (size_t i = 1; i < ARRAY_SIZE(counts); i++)
		ok(counts[i] > KITS / 4 * 0.93 && counts[i] < KITS / 4 * 1.07,
			"each of four shards has its fourth, to 7 %");
}

static void stable(void)
{
	unsigned moved = 0;
	bool only_to_the_new = true;

	for (int i = 0; i < KITS; i++) {
		unsigned before = numbered(i, 4), after = numbered(i, 5);
		moved += before != after;
		only_to_the_new = only_to_the_new && (before == after || after == 5);
	}
	ok(only_to_the_new, "a fifth shard moves kits only to itself");
	ok(moved > KITS / 5 * 0.93 && moved < KITS / 5 * 1.07, "and takes a fifth of them");
	is_number(shard_of("kit-001", 1), 1, "a single shard has all kits");
}

int main(void)
{
	even();
	stable();
	return tap_done();
}
