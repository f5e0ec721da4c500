/* Values of options as people write them; what needs a whole tool is in tests/options.bats. */
#include "common/cli/opt.h"
#include "common/base/array.h"
#include "tests/unit/tap.h"

static const struct {
	const char *text;
	double seconds; /* -1: refused */
} durations[] = {
	{"0", 0},
	{"5", 5},
	{"1.5", 1.5},
	{".5", .5},
	{"250ms", .25},
	{"90s", 90},
	{"2m", 120},
	{"24h", 86400},
	{"7D", 604800},
	{"", -1},
	{"-1", -1},
	{"+1", -1},
	{" 1", -1},
	{"1 ", -1},
	{"1e3", -1},
	{"0x10", -1},
	{"nan", -1},
	{"inf", -1},
	{"5 s", -1},
	{"5x", -1},
	{"1.2.3", -1},
	{"1y", 31536000},
	{"s", -1},
};

static const struct {
	const char *text;
	int64_t bytes; /* -1: refused */
} sizes[] = {
	{"0", 0},
	{"512", 512},
	{"64K", 65536},
	{"2G", INT64_C(2) << 30},
	{"1.5m", 1572864},
	{"99999999999999999999", -1},
	{"1T", -1},
	{"", -1},
	{"G", -1},
	{"-5", -1},
};

int main(void)
{
	for (size_t i = 0; i < ARRAY_SIZE(durations); i++) {
		double seconds;
		bool read = opt_seconds_parse(durations[i].text, &seconds);
		is_number(read ? seconds : -1, durations[i].seconds, durations[i].text);
	}
	for (size_t i = 0; i < ARRAY_SIZE(sizes); i++) {
		int64_t bytes;
		bool read = opt_bytes_parse(sizes[i].text, &bytes);
		is_number((double)(read ? bytes : -1), (double)sizes[i].bytes, sizes[i].text);
	}
	return tap_done();
}
