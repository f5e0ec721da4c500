/* How far a kit's clock is off, as one stable estimate from the `updated` of its status. Pure. */
#include "tools/wd-mqtt/kits/clock_estimate.h"

#include <stdlib.h>

#define HALF_US      (CLOCK_SECOND_US / 2)
#define TOLERANCE_US (2 * CLOCK_SECOND_US)

static int compare(const void *a, const void *b)
{
	int64_t first = *(const int64_t *)a, second = *(const int64_t *)b;

	return (first > second) - (first < second);
}

static int64_t median(const struct clock_estimate *estimate)
{
	int64_t sorted[CLOCK_SAMPLES];

	memcpy(sorted, estimate->samples_us, sizeof(sorted));
	qsort(sorted, CLOCK_SAMPLES, sizeof(sorted[0]), compare);
	return sorted[CLOCK_SAMPLES / 2];
}

static int64_t whole_seconds(int64_t time_us)
{
	return (time_us + (time_us < 0 ? -HALF_US : HALF_US)) / CLOCK_SECOND_US * CLOCK_SECOND_US;
}

bool clock_estimate_add(struct clock_estimate *estimate, int64_t updated_s, clock_us arrival)
{
	int64_t sample_us = updated_s * CLOCK_SECOND_US + HALF_US - arrival;

	estimate->samples_us[estimate->count++ % CLOCK_SAMPLES] = sample_us;
	if (estimate->count < CLOCK_SAMPLES)
		return false;
	int64_t middle_us = median(estimate);
	int64_t apart_us = middle_us - estimate->offset_us;
	if (estimate->is_known && apart_us <= TOLERANCE_US && apart_us >= -TOLERANCE_US)
		return false;
	estimate->is_known = true;
	estimate->offset_us = whole_seconds(middle_us);
	return true;
}
