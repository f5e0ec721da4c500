/* The `reply` line of wd-record(5): the result of one finished request. */
#ifndef WD_COMMON_REPLY_LINE_H
#define WD_COMMON_REPLY_LINE_H

#include "common/base/buffer.h"
#include "common/record/endpoint.h"
#include "common/record/reply_error.h"
#include "common/time/clock.h"

#include <stdint.h>

/* An offset of a kit's clock below 5 s is normal: it is neither written nor corrected. */
#define REPLY_OFFSET_MIN_US (5 * CLOCK_SECOND_US)

static inline bool reply_offset_matters(int64_t offset_us)
{
	return offset_us >= REPLY_OFFSET_MIN_US || offset_us <= -REPLY_OFFSET_MIN_US;
}

struct reply_line {
	const char *kit_id;
	enum endpoint endpoint;
	clock_us time;           /* when the request was finished */
	const char *via;         /* how it arrived: "mqtt"; NULL: by HTTP */
	int64_t elapsed_us;      /* from the first attempt */
	unsigned attempts;       /* 0: nothing was requested; no member, and no elapsed time */
	const char *reported_id; /* of /status, if it has changed; NULL: no member */
	const char *poller;      /* the name of the program that made it; NULL: no member */
	long http_status;        /* 0: none */
	bool has_date;
	clock_us kit_date;
	int64_t clock_offset_us; /* the kit's clock minus ours; 0 if it is not known */
	enum reply_error error;
	struct span body;      /* checked and compact; if there is no error */
	struct span receivers; /* of /config instead of a body: a JSON array; or `data` NULL */
	const char *message;   /* if there is an error */
	struct span raw;       /* what arrived; with an error, its first KiB is written */
	unsigned failures;
	double retry_in_s; /* 0: no member */
};

void reply_line_format(struct buffer *out, const struct reply_line *reply);

#endif
