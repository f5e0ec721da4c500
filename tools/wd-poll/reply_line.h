/* The `reply` line: what came of one finished request. */
#ifndef WD_POLL_REPLY_LINE_H
#define WD_POLL_REPLY_LINE_H

#include "common/buffer.h"
#include "common/endpoint.h"
#include "common/reply_error.h"
#include "tools/wd-poll/schedule/clock_offset.h"

/* What an HTTP status alone says. */
enum reply_error reply_error_of_status(long http_status);

struct reply_line {
	const char *kit_id;
	enum endpoint endpoint;
	clock_us time; /* when the request was over */
	int64_t elapsed_us;
	unsigned attempts;
	long http_status; /* 0: there was none */
	bool dated;
	clock_us kit_date; /* if `dated` */
	const struct clock_offset *offset;
	enum reply_error error;
	struct span body;    /* checked and compact; where there is no error */
	const char *message; /* for people; where there is one */
	struct span raw;     /* what arrived; its first KiB is written where there is an error */
	unsigned failures;
	double retry_in_s; /* 0: no member */
};

void reply_line_format(struct buffer *out, const struct reply_line *reply);

#endif
