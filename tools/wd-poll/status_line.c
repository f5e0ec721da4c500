/* What somebody who watches wd-poll at a terminal sees. */
#include "tools/wd-poll/status_line.h"

#include "common/clock.h"
#include "common/log.h"

#include <stdio.h>

void status_line_init(struct status_line *status_line, bool watched, int64_t now_us)
{
	*status_line =
		(struct status_line){.due_us = watched ? now_us + CLOCK_SECOND_US : INT64_MAX};
}

void status_line_count(struct status_line *status_line)
{
	status_line->replies[status_line->seconds % STATUS_LINE_SECONDS]++;
}

double status_line_rate(const struct status_line *status_line)
{
	uint64_t sum = 0;
	uint64_t seconds = status_line->seconds + 1;

	for (size_t i = 0; i < STATUS_LINE_SECONDS; i++)
		sum += status_line->replies[i];
	return (double)sum /
	       (double)(seconds < STATUS_LINE_SECONDS ? seconds : STATUS_LINE_SECONDS);
}

void status_line_show(struct status_line *status_line, const struct kit_set *set, int64_t now_us)
{
	size_t up = 0, down = 0;
	char text[96];

	if (now_us < status_line->due_us)
		return;
	for (size_t i = 0; i < set->count; i++) {
		const struct kit_poll *poll = set->poll[i];
		down += poll->schedule.failures > 0;
		up += poll->schedule.failures == 0 && poll->seen_good;
	}
	snprintf(text, sizeof(text), "%zu kits up, %zu down, %.1f replies/s", up, down,
		status_line_rate(status_line));
	log_status(text);
	status_line->seconds++;
	status_line->replies[status_line->seconds % STATUS_LINE_SECONDS] = 0;
	status_line->due_us = now_us + CLOCK_SECOND_US;
}
