/* The time of a kit. */
#include "tools/wd-health/kit/timeline.h"

enum timeline_step timeline_line(struct timeline *timeline, clock_us time)
{
	bool first = timeline->now == 0;
	/* Timers may have closed minutes whose lines arrive only now. */
	bool ran_ahead = timeline->open > minute_of(timeline->now);
	bool set_back = time < timeline->now - TIMELINE_SET_BACK_US ||
			(ran_ahead && minute_of(time) < timeline->open);

	if (first || set_back) {
		timeline->now = time;
		timeline->open = minute_of(time);
		timeline->status = timeline_status_slot(time);
	} else if (time > timeline->now) {
		timeline->now = time;
	}
	return !first && set_back ? TIMELINE_SET_BACK : TIMELINE_ON;
}

static minute_number earlier(minute_number a, minute_number b)
{
	return a < b ? a : b;
}

bool timeline_close(struct timeline *timeline, clock_us time, minute_number *closed)
{
	minute_number current = minute_of(time);

	if (!timeline->now || current <= timeline->open)
		return false;
	*closed = timeline->open++;
	if (timeline->open <= timeline->told)
		timeline->open = earlier(timeline->told + 1, current);
	if (current - timeline->open > TIMELINE_GAP_MINUTES)
		timeline->open = current - TIMELINE_GAP_MINUTES;
	if (*closed > timeline->told)
		timeline->told = *closed;
	return true;
}
