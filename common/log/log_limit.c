/* Rate limit for log messages. */
#include "common/log/log_limit.h"

#include "common/time/clock.h"

bool log_limit_allows(struct log_limit *limit, int64_t now_us, uint64_t *suppressed)
{
	int64_t age_us = now_us - limit->minute_us;

	if (limit->logged == 0 || age_us >= CLOCK_MINUTE_US || age_us < 0) {
		limit->minute_us = now_us;
		limit->logged = 0;
	}
	if (limit->logged == LOG_LIMIT_PER_MINUTE) {
		limit->suppressed++;
		return false;
	}
	limit->logged++;
	*suppressed = limit->suppressed;
	limit->suppressed = 0;
	return true;
}

bool log_condition_changed(struct log_condition *condition, struct log_limit *limit, int code,
	int64_t now_us, uint64_t *suppressed)
{
	if (code == condition->code)
		return false;
	condition->code = code;
	return log_limit_allows(limit, now_us, suppressed);
}
