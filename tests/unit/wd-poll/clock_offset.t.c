/* The offset of a kit's clock. */
#include "tools/wd-poll/schedule/clock_offset.h"
#include "common/base/array.h"
#include "tests/unit/tap.h"

#define S CLOCK_SECOND_US

/* Our time of poll `i`, whose Date a kit with this offset writes: whole seconds. */
static void poll_once(struct clock_offset *offset, int64_t off_us, clock_us asked, clock_us took_us)
{
	clock_us received = asked + took_us;

	clock_offset_update(offset, (received + off_us) / S * S, asked, received);
}

static void steady(void)
{
	struct clock_offset offset = {0};
	const int64_t off_us = -3 * CLOCK_DAY_US + 123456;
	const clock_us start = INT64_C(1795456769) * S;

	poll_once(&offset, off_us, start, 3000);
	int64_t first_us = offset.estimate_us;
	bool same = true;
	for (int i = 1; i < 20000; i++) {
		poll_once(&offset, off_us, start + i * (5 * S + 777), i % 700 * 1000);
		same = same && offset.estimate_us == first_us;
	}
	ok(same, "whole seconds and delays do not change it");
	ok(first_us - off_us < S && off_us - first_us < S, "it is right to a second");
	is_number((double)(first_us % S), 0, "and has whole seconds");
	ok(clock_offset_matters(&offset), "an offset of three days matters");
}

static void recorded(void)
{
	/* Twelve polls of a real kit, 5 s apart, served again after some days. */
	static const int date_s[] = {29, 34, 39, 44, 49, 54, 59, 64, 69, 74, 79, 84};
	struct clock_offset offset = {0};
	int64_t first_us = 0;

	for (size_t i = 0; i < ARRAY_SIZE(date_s); i++) {
		clock_us asked = 500000 * S + (clock_us)i * (5 * S + 1200) + 999000;
		clock_offset_update(&offset, date_s[i] * S, asked, asked + 2000);
		if (i > 0)
			is_number(
				(double)offset.estimate_us, (double)first_us, "the same each time");
		else
			first_us = offset.estimate_us;
	}
}

static void moves(void)
{
	struct clock_offset offset = {0};

	poll_once(&offset, 0, 1000 * S, 1000);
	ok(!clock_offset_matters(&offset), "a clock that is right needs no correction");
	poll_once(&offset, 1400 * S / 1000, 1005 * S, 1000);
	is_number((double)offset.estimate_us, 0, "1.4 s more is within what was held");
	poll_once(&offset, 4 * S, 1010 * S, 1000);
	ok(offset.estimate_us >= 3 * S, "4 s more is another time");
	ok(!clock_offset_matters(&offset), "which still needs no correction");
	poll_once(&offset, 3600 * S, 1015 * S, 1000);
	ok(clock_offset_matters(&offset) && offset.estimate_us > 3598 * S, "an hour does, at once");
	poll_once(&offset, -3600 * S, 1020 * S, 1000);
	ok(clock_offset_matters(&offset) && offset.estimate_us < -3598 * S, "in both directions");
}

static void slow(void)
{
	struct clock_offset offset = {0};

	poll_once(&offset, 60 * S, 1000 * S, 1000);
	int64_t held_us = offset.estimate_us;
	/* Date was written when the request arrived, the answer came eight seconds later. */
	clock_offset_update(&offset, 1065 * S, 1005 * S, 1013 * S);
	is_number((double)offset.estimate_us, (double)held_us, "a slow reply contradicts nothing");
	clock_offset_update(&offset, 1065 * S, 1005 * S, 1001 * S);
	ok(offset.known, "our own clock may be set back in between");
}

int main(void)
{
	steady();
	recorded();
	moves();
	slow();
	return tap_done();
}
