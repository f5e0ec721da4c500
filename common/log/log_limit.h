/* Rate limit for log messages. Pure: the caller passes the time, in microseconds, of any one
 * clock. */
#ifndef WD_COMMON_LOG_LIMIT_H
#define WD_COMMON_LOG_LIMIT_H

#include <stdbool.h>
#include <stdint.h>

#define LOG_LIMIT_PER_MINUTE 6

/* Zero-initialise. Everything that shares one limit gets LOG_LIMIT_PER_MINUTE messages a minute. */
struct log_limit {
	int64_t minute_us;   /* when the current minute began */
	unsigned logged;     /* messages in it */
	uint64_t suppressed; /* messages since the last one that was logged */
};

/* Return whether a message may be logged at `now_us`; `*suppressed` is then the number of messages
 * that were not logged since the last one, for the field `suppressed=`. A clock that goes back
 * begins a new minute. */
bool log_limit_allows(struct log_limit *limit, int64_t now_us, uint64_t *suppressed);

/* Zero-initialise: no condition. One for each thing that can fail by itself. */
struct log_condition {
	int code; /* the caller's code of what is wrong; 0: nothing */
};

/* Return whether to log that the condition is now `code`: it differs from the previous one and
 * `limit` allows a message. A condition that stays the same is neither logged nor counted. */
bool log_condition_changed(struct log_condition *condition, struct log_limit *limit, int code,
	int64_t now_us, uint64_t *suppressed);

#endif
