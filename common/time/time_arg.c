/* A time as users write it on a command line. */
#include "common/time/time_arg.h"

#include "common/cli/opt.h"

#include <stdio.h>

bool time_arg_parse(const char *text, clock_us now, clock_us *time)
{
	char day[32];
	double ago_s;

	if (clock_parse(span_of(text), time))
		return true;
	if (strlen(text) == strlen("2026-11-23")) {
		snprintf(day, sizeof(day), "%sT00:00:00Z", text);
		if (clock_parse(span_of(day), time))
			return true;
	}
	if (!opt_seconds_parse(text, &ago_s) || ago_s > (double)now / (double)CLOCK_SECOND_US)
		return false;
	*time = now - (int64_t)(ago_s * (double)CLOCK_SECOND_US);
	return true;
}
