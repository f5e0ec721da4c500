/* The token bucket. */
#include "tools/wd-mqtt/intake/rate.h"
#include "common/time/clock.h"
#include "tests/unit/tap.h"

#define S CLOCK_SECOND_US

static int take_many(struct rate *rate, int64_t per_second, int64_t now_us)
{
	int taken = 0;

	while (rate_take(rate, per_second, now_us))
		taken++;
	return taken;
}

int main(void)
{
	struct rate rate = {0};

	is_number(take_many(&rate, 100, 1000 * S), 1000, "ten seconds' worth at once");
	is_number(take_many(&rate, 100, 1000 * S), 0, "then none");
	is_number(take_many(&rate, 100, 1001 * S), 100, "100 after a second");
	is_number(take_many(&rate, 100, 1002 * S + S / 2), 150, "150 after another 1.5 s");
	is_number(take_many(&rate, 100, 9000 * S), 1000, "never more than the burst");

	struct rate slow = {0};
	is_number(take_many(&slow, 1, 5), 10, "also near the zero of the clock");

	struct rate steady = {0};
	int refused = 0;
	for (int64_t i = 0; i < 100000; i++)
		refused += !rate_take(&steady, 100, 50 * S + i * S / 100);
	is_number(refused, 0, "exactly the rate is never refused");
	return tap_done();
}
