/* Which job stores a line. */
#include "tools/wd-store/rows/partition.h"
#include "tests/unit/tap.h"

static bool together(const char *a, const char *b)
{
	for (size_t jobs = 2; jobs < 64; jobs++) {
		if (partition_of(span_of(a), jobs) != partition_of(span_of(b), jobs))
			return false;
	}
	return true;
}

int main(void)
{
	static const char plain[] = "{\"type\":\"drone\",\"kit_id\":\"alpha\"}";
	char line[64];
	size_t taken[4] = {0};

	is_number((double)partition_of(span_of("no record"), 8), 0, "what is no record is job 0's");
	is_number(
		(double)partition_of(span_of("{\"type\":\"x\"}"), 8), 0, "so is what names no kit");
	is_number((double)partition_of(span_of("{\"kit_id\":\"\"}"), 8), 0, "or an empty one");
	ok(together(plain, "{\"kit_id\":\"alpha\",\"type\":\"signal\"}"), "a kit has one job");
	ok(together(plain, "{ \"kit_id\" : \"alpha\" }"), "also with spaces");
	ok(together(plain, "{\"kit_id\":\"\\u0061lpha\"}"), "and with escapes");
	ok(together(plain, "{\"raw\":\"{\\\"kit_id\\\":\\\"beta\\\"}\",\"kit_id\":\"alpha\"}"),
		"what a text holds is not asked");
	for (int kit = 0; kit < 400; kit++) {
		snprintf(line, sizeof(line), "{\"kit_id\":\"kit-%03d\"}", kit);
		taken[partition_of(span_of(line), 4)]++;
	}
	ok(taken[0] > 60 && taken[1] > 60 && taken[2] > 60 && taken[3] > 60,
		"400 kits are shared among 4 jobs");
	return tap_done();
}
