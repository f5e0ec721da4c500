/* A time as people name it on a command line. */
#include "tools/wd-dump/moment.h"

#include "common/opt.h"

#include <stdio.h>

bool moment_parse(const char *text, clock_us now, clock_us *moment)
{
	char day[32];
	double ago_s;

	if (clock_parse(span_of(text), moment))
		return true;
	if (strlen(text) == strlen("2026-11-23")) {
		snprintf(day, sizeof(day), "%sT00:00:00Z", text);
		if (clock_parse(span_of(day), moment))
			return true;
	}
	if (!opt_seconds_parse(text, &ago_s) || ago_s > (double)now / (double)CLOCK_SECOND_US)
		return false;
	*moment = now - (int64_t)(ago_s * (double)CLOCK_SECOND_US);
	return true;
}
