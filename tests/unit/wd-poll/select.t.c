/* Which kits are this wd-poll's. */
#include "tools/wd-poll/config/select.h"
#include "common/base/array.h"
#include "tests/unit/tap.h"

int main(void)
{
	static const char *const bad[] = {"", "1", "/", "0/3", "4/3", "1/0", "1/3x", " 1/3", "1/ 3",
		"-1/3", "1/3/", "1/20000"};
	unsigned shard, shards;

	ok(select_shard_parse("2/3", &shard, &shards) && shard == 2 && shards == 3, "2/3");
	for (size_t i = 0; i < ARRAY_SIZE(bad); i++)
		ok(!select_shard_parse(bad[i], &shard, &shards), bad[i]);
	return tap_done();
}
