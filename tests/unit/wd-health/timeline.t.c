/* The time of a kit, and the minutes that it closes. */
#include "tools/wd-health/kit/timeline.h"
#include "tests/unit/tap.h"

static const minute_number noon = INT64_C(29924280);

static clock_us at(minute_number minute, int second)
{
	return minute_start(minute) + second * CLOCK_SECOND_US;
}

/* How many minutes end by `time`; the first and the last of them. */
static int close_all(
	struct timeline *timeline, clock_us time, minute_number *first, minute_number *last)
{
	int count = 0;

	while (timeline_close(timeline, time, last)) {
		if (count++ == 0)
			*first = *last;
	}
	return count;
}

static void goes_on(void)
{
	struct timeline timeline = {0};
	minute_number first, last;

	is_number(close_all(&timeline, at(noon, 0), &first, &last), 0, "no time before a line");
	ok(timeline_line(&timeline, at(noon, 30)) == TIMELINE_ON, "the first line begins");
	is_number(close_all(&timeline, at(noon, 59), &first, &last), 0, "the minute goes on");
	is_number(close_all(&timeline, at(noon + 1, 0), &first, &last), 1, "the minute is over");
	is_number((double)first, (double)noon, "it was the first line's");
	timeline_line(&timeline, at(noon + 1, 5));
	ok(timeline_line(&timeline, at(noon + 1, 4)) == TIMELINE_ON, "a line may be overtaken");
	is_number((double)timeline.now, (double)at(noon + 1, 5), "that does not turn time back");
	timeline_line(&timeline, at(noon + 5, 0));
	is_number(close_all(&timeline, at(noon + 5, 0), &first, &last), 4, "a leap closes each");
	ok(first == noon + 1 && last == noon + 4, "from the open one to the last whole one");
}

static void leaps(void)
{
	struct timeline timeline = {0};
	minute_number first, last, far = noon + 1000000;

	timeline_line(&timeline, at(noon, 0));
	timeline_line(&timeline, at(far, 0));
	is_number(close_all(&timeline, at(far, 0), &first, &last), 1 + TIMELINE_GAP_MINUTES,
		"a great leap closes the open minute and one day");
	ok(first == noon && last == far - 1, "the last day");
	is_number((double)timeline_newest(&timeline), (double)far - 1, "the newest is the last");
}

static void is_set_back(void)
{
	struct timeline timeline = {0};
	minute_number first, last;

	timeline_line(&timeline, at(noon, 0));
	ok(timeline_line(&timeline, at(noon - 1, 0)) == TIMELINE_ON, "a minute late is late");
	ok(timeline_line(&timeline, at(noon - 1, 0) - 1) == TIMELINE_SET_BACK, "more is set back");
	ok(timeline.open == noon - 2 && timeline.now == at(noon - 1, 0) - 1, "time goes on there");
	close_all(&timeline, at(noon, 0), &first, &last);
	ok(last == noon - 1, "minutes are closed again");
}

static void leaps_over_what_was_told(void)
{
	struct timeline timeline = {0};
	minute_number first, last;

	timeline_line(&timeline, at(noon, 0));
	timeline_line(&timeline, at(noon + 20, 0));
	close_all(&timeline, at(noon + 20, 0), &first, &last);
	timeline_line(&timeline, at(noon, 0));
	timeline_line(&timeline, at(noon + 1, 0));
	is_number(close_all(&timeline, at(noon + 1, 0), &first, &last), 1, "after a set-back");
	timeline_line(&timeline, at(noon + 15, 0));
	is_number(close_all(&timeline, at(noon + 15, 0), &first, &last), 1,
		"a leap over closed minutes closes only the open one");
	ok(last == noon + 1 && timeline.open == noon + 15, "and goes on where it lands");
	timeline_line(&timeline, at(noon + 30, 0));
	is_number(close_all(&timeline, at(noon + 30, 0), &first, &last), 1 + 10,
		"a leap beyond them closes the new ones");
	ok(first == noon + 15 && last == noon + 29, "up to the last");
}

static void timers_ran_ahead(void)
{
	struct timeline timeline = {0};
	minute_number first, last;

	timeline_line(&timeline, at(noon, 30));
	is_number(close_all(&timeline, at(noon + 3, 1), &first, &last), 3, "timers close minutes");
	is_number((double)timeline.now, (double)at(noon, 30), "but the lines' time stands");
	ok(timeline_line(&timeline, at(noon, 40)) == TIMELINE_SET_BACK,
		"a line that was on its way opens its minute again");
	is_number((double)timeline.open, (double)noon, "that one");
	close_all(&timeline, at(noon + 3, 1), &first, &last);
	ok(timeline_line(&timeline, at(noon + 3, 2)) == TIMELINE_ON, "a new line goes on");
}

int main(void)
{
	goes_on();
	leaps();
	is_set_back();
	leaps_over_what_was_told();
	timers_ran_ahead();
	return tap_done();
}
