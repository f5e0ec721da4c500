/* What somebody who watches wd-poll at a terminal sees. */
#include "tools/wd-poll/glance.h"

#include "common/clock.h"
#include "common/log.h"

#include <stdio.h>

void glance_open(struct glance *glance, bool watched, int64_t now_us)
{
	*glance = (struct glance){.due_us = watched ? now_us + CLOCK_SECOND_US : INT64_MAX};
}

void glance_count(struct glance *glance)
{
	glance->replies[glance->seconds % GLANCE_SECONDS]++;
}

double glance_rate(const struct glance *glance)
{
	uint64_t sum = 0;
	uint64_t seconds = glance->seconds + 1;

	for (size_t i = 0; i < GLANCE_SECONDS; i++)
		sum += glance->replies[i];
	return (double)sum / (double)(seconds < GLANCE_SECONDS ? seconds : GLANCE_SECONDS);
}

void glance_show(struct glance *glance, const struct crowd *crowd, int64_t now_us)
{
	size_t up = 0, down = 0;
	char text[96];

	if (now_us < glance->due_us)
		return;
	for (size_t i = 0; i < crowd->count; i++) {
		const struct polled *polled = crowd->polled[i];
		down += polled->due.failures > 0;
		up += polled->due.failures == 0 && polled->seen_good;
	}
	snprintf(text, sizeof(text), "%zu kits up, %zu down, %.1f replies/s", up, down,
		glance_rate(glance));
	log_status(text);
	glance->seconds++;
	glance->replies[glance->seconds % GLANCE_SECONDS] = 0;
	glance->due_us = now_us + CLOCK_SECOND_US;
}
