/* The status line for a terminal. */
#include "tools/wd-poll/status_line.h"

#include "common/log/log.h"
#include "common/time/clock.h"

#include <stdio.h>

void status_line_init(struct status_line *line, bool enabled, int64_t now_us)
{
	*line = (struct status_line){.next_us = enabled ? now_us + CLOCK_SECOND_US : INT64_MAX};
}

void status_line_count(struct status_line *line)
{
	line->replies[line->seconds % STATUS_LINE_SECONDS]++;
}

double status_line_rate(const struct status_line *line)
{
	uint64_t sum = 0, seconds = line->seconds + 1;

	for (size_t i = 0; i < STATUS_LINE_SECONDS; i++)
		sum += line->replies[i];
	return (double)sum /
	       (double)(seconds < STATUS_LINE_SECONDS ? seconds : STATUS_LINE_SECONDS);
}

void status_line_show(struct status_line *line, const struct kit_set *kits, int64_t now_us)
{
	size_t up = 0, down = 0;
	char text[96];

	if (now_us < line->next_us)
		return;
	for (size_t i = 0; i < kits->count; i++) {
		const struct kit_poll *poll = kits->polls[i];
		down += poll->schedule.failures > 0;
		up += poll->schedule.failures == 0 && poll->seen_good;
	}
	snprintf(text, sizeof(text), "%zu kits up, %zu down, %.1f replies/s", up, down,
		status_line_rate(line));
	log_status(text);
	line->seconds++;
	line->replies[line->seconds % STATUS_LINE_SECONDS] = 0;
	line->next_us = now_us + CLOCK_SECOND_US;
}
