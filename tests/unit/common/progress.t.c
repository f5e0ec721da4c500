/* What the line says that shows how far a long run has come. */
#include "common/cli/progress.h"
#include "tests/unit/tap.h"

static const char *of(uint64_t bytes, uint64_t total, uint64_t lines, double elapsed_s)
{
	static char text[160];
	const struct progress progress = {
		.unit = "lines", .bytes = bytes, .total = total, .count = lines};

	progress_format(text, sizeof(text), &progress, elapsed_s);
	return text;
}

static const char *endless(uint64_t rows, clock_us reached, double elapsed_s)
{
	static char text[160];
	const struct progress progress = {.unit = "rows", .count = rows, .reached = reached};

	progress_format(text, sizeof(text), &progress, elapsed_s);
	return text;
}

int main(void)
{
	is_text(of(500, 1000, 10, 2), "50% of 1.0 kB, 10 lines, 5 lines/s, 0:02 left", "half");
	is_text(of(12000000, 1200000000, 10000, 1),
		"1% of 1.2 GB, 10000 lines, 10000 lines/s, 1:39 left", "a hundredth");
	is_text(of(1100, 1000, 10, 1), "100% of 1.0 kB, 10 lines, 10 lines/s, 0:00 left",
		"a file that has grown is no more than all");
	is_text(of(0, 25000000, 0, 1), "0% of 25 MB, 0 lines, 0 lines/s, 0:00 left", "nothing");
	is_text(of(UINT64_C(1) << 40, UINT64_C(1) << 62, UINT64_MAX, 0.001),
		"0% of 4611686 TB, 18446744073709551615 lines, 18446744073709551616000 lines/s, "
		"69:54 left",
		"the largest numbers");
	is_text(endless(120000, 0, 2), "120000 rows, 60000 rows/s", "no end is known");
	is_text(endless(1, INT64_C(1795456758572558), 2),
		"1 rows, 0 rows/s, at 2026-11-23T17:59:18Z", "but when it was");
	return tap_done();
}
