/* A token bucket: a number of events a second on average, with a burst of ten seconds' worth.
 * Pure. */
#include "tools/wd-mqtt/intake/rate.h"

#include "common/time/clock.h"

bool rate_take(struct rate *rate, int64_t per_second, int64_t now_us)
{
	int64_t full_us = now_us - RATE_BURST_S * CLOCK_SECOND_US;
	int64_t token_us = CLOCK_SECOND_US / per_second;

	if (rate->empty_us < full_us || rate->empty_us == 0)
		rate->empty_us = full_us;
	if (rate->empty_us + token_us > now_us)
		return false;
	rate->empty_us += token_us;
	return true;
}
