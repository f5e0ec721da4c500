/* Thresholds of monitoring plugins. */
#include "tools/wd-health/query/range.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Read a decimal number that ends at `end`. */
static bool parse_number(const char *text, const char *end, double *number)
{
	char *rest;

	if (text == end || text + strspn(text, "-0123456789.") < end)
		return false;
	*number = strtod(text, &rest);
	return rest == end;
}

bool range_parse(const char *text, struct range *range)
{
	*range = (struct range){.max = INFINITY, .inside = *text == '@'};
	if (range->inside)
		text++;
	const char *end = text + strlen(text);
	const char *colon = strchr(text, ':');
	if (!colon)
		return parse_number(text, end, &range->max) && range->max >= 0;
	if (*text == '~' && colon == text + 1)
		range->min = -INFINITY;
	else if (colon > text && !parse_number(text, colon, &range->min))
		return false;
	if (colon + 1 < end && !parse_number(colon + 1, end, &range->max))
		return false;
	return range->min <= range->max;
}

bool range_alarms(const struct range *range, double value)
{
	bool within = value >= range->min && value <= range->max;

	return within == range->inside;
}
