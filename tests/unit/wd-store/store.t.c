/* How long to wait, and how progress is shown. */
#include "tools/wd-store/store.h"
#include "tests/unit/tap.h"
#include "tools/wd-store/progress.h"

static const char *shown(uint64_t bytes, uint64_t total, uint64_t lines, double elapsed_s)
{
	static char text[112];
	const struct progress progress = {.bytes = bytes, .total = total, .lines = lines};

	progress_format(text, sizeof(text), &progress, elapsed_s);
	return text;
}

int main(void)
{
	is_number(store_wait_s(1, 1), 1, "the first wait is a second at most");
	is_number(store_wait_s(3, 0.5), 2, "the third one of 4 s, half of it");
	is_number(store_wait_s(100, 1), 30, "and no wait is longer than 30 s");
	is_number(store_wait_s(100, 0), 0, "chance may say: at once");

	is_text(shown(500, 1000, 10, 2), "50% of 1.0 kB, 10 lines, 5 lines/s, 0:02 left", "half");
	is_text(shown(12000000, 1200000000, 10000, 1),
		"1% of 1.2 GB, 10000 lines, 10000 lines/s, 1:39 left", "a hundredth");
	is_text(shown(1001, 1000, 10, 1), "100% of 1.0 kB, 10 lines, 10 lines/s, 0:00 left",
		"a last line without its newline is no more than all");
	is_text(shown(0, 25000000, 0, 1), "0% of 25 MB, 0 lines, 0 lines/s, 0:00 left", "nothing");
	return tap_done();
}
