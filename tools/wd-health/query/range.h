/* Thresholds of monitoring plugins
 * (https://www.monitoring-plugins.org/doc/guidelines.html#THRESHOLDFORMAT). Pure. */
#ifndef WD_HEALTH_RANGE_H
#define WD_HEALTH_RANGE_H

#include <stdbool.h>

/* Alarm outside of min..max, or with `inside` within. */
struct range {
	double min, max;
	bool inside;
};

/* `10`: 0..10; `10:`: at least 10; `~:10`: at most 10; `10:20`; and `@` before any of them. Return
 * false for others. */
bool range_parse(const char *text, struct range *range);

bool range_alarms(const struct range *range, double value);

#endif
