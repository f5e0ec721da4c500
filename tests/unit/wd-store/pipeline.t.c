/* How long to wait. */
#include "tools/wd-store/pipeline.h"
#include "tests/unit/tap.h"

int main(void)
{
	is_number(pipeline_wait_s(1, 1), 1, "the first wait is a second at most");
	is_number(pipeline_wait_s(3, 0.5), 2, "the third one of 4 s, half of it");
	is_number(pipeline_wait_s(100, 1), 30, "and no wait is longer than 30 s");
	is_number(pipeline_wait_s(100, 0), 0, "chance may say: at once");
	return tap_done();
}
