/* The estimate of a kit's clock. */
#include "tools/wd-mqtt/kits/clock_estimate.h"
#include "tests/unit/tap.h"

#define S CLOCK_SECOND_US

/* A status that a kit whose clock is `off_us` ahead of ours publishes at `time` of our clock, and
 * that arrives after `delay_us`. */
static bool publish(
	struct clock_estimate *estimate, int64_t off_us, clock_us time, int64_t delay_us)
{
	return clock_estimate_add(estimate, (time + off_us) / S, time + delay_us);
}

static void needs_five(void)
{
	struct clock_estimate estimate = {0};

	for (int i = 0; i < 4; i++)
		publish(&estimate, 40 * S, (1000 + 30 * i) * S, 5000);
	ok(!estimate.is_known, "four samples are too few");
	ok(publish(&estimate, 40 * S, 1120 * S, 5000), "the fifth makes the estimate");
	ok(estimate.is_known, "which is known from then on");
	ok(estimate.offset_us >= 39 * S && estimate.offset_us <= 41 * S, "40 s, to a second");
	is_number((double)(estimate.offset_us % S), 0, "in whole seconds");
}

static void is_stable(void)
{
	struct clock_estimate estimate = {0};
	const int64_t off_us = -3 * CLOCK_DAY_US + 123456;
	int changes = 0;

	for (int64_t i = 0; i < 20000; i++)
		changes +=
			publish(&estimate, off_us, 400000 * S + i * (30 * S + 777), i % 900 * 1000);
	is_number(changes, 1, "whole seconds and the time of delivery do not move it");
	ok(estimate.offset_us - off_us <= S && off_us - estimate.offset_us <= S,
		"it is right to a second");
}

static void one_delay(void)
{
	struct clock_estimate estimate = {0};

	for (int i = 0; i < 5; i++)
		publish(&estimate, 0, (1000 + 30 * i) * S, i == 2 ? 25 * S : 5000);
	ok(estimate.offset_us <= S && estimate.offset_us >= -S,
		"one delayed message has no effect");
	ok(!publish(&estimate, 0, 1150 * S, 60 * S), "nor has a second one");
}

static void moves(void)
{
	struct clock_estimate estimate = {0};
	int samples = 0;

	for (int i = 0; i < 5; i++)
		publish(&estimate, 0, (1000 + 30 * i) * S, 5000);
	while (!publish(&estimate, 3600 * S, (1150 + 30 * samples) * S, 5000))
		samples++;
	is_number(samples + 1, 3, "a clock that was set an hour ahead is believed the third time");
	ok(estimate.offset_us >= 3599 * S && estimate.offset_us <= 3601 * S, "and taken over");
}

int main(void)
{
	needs_five();
	is_stable();
	one_delay();
	moves();
	return tap_done();
}
