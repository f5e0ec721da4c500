/* The `reply` line: the result of one finished request. */
#include "common/record/reply_line.h"

#include "common/base/utf8.h"
#include "common/lines/json.h"

enum {
	RAW_MAX = 1024
};

static void put_error(struct buffer *out, const struct reply_line *reply)
{
	struct span raw = {reply->raw.data, utf8_truncate(reply->raw, RAW_MAX)};

	json_text(out, "error", span_of(reply_error_code(reply->error)));
	json_text(out, "message", span_of(reply->message));
	if (raw.length)
		json_text(out, "raw", raw);
}

void reply_line_format(struct buffer *out, const struct reply_line *reply)
{
	json_open(out, "reply");
	json_text(out, "kit_id", span_of(reply->kit_id));
	json_text(out, "endpoint", span_of(endpoint_name(reply->endpoint)));
	json_time(out, "time", reply->time);
	json_bool(out, "ok", reply->error == REPLY_OK);
	json_text(out, "via", span_of(reply->via));
	if (reply->attempts) {
		json_number(out, "elapsed_ms", (double)reply->elapsed_us / 1000);
		json_integer(out, "attempts", reply->attempts);
	}
	json_text(out, "poller", span_of(reply->poller));
	json_text(out, "reported_id", span_of(reply->reported_id));
	if (reply->http_status)
		json_integer(out, "http_status", reply->http_status);
	if (reply->has_date)
		json_time(out, "kit_date", reply->kit_date);
	if (reply_offset_matters(reply->clock_offset_us))
		json_number(out, "clock_offset_s",
			(double)reply->clock_offset_us / (double)CLOCK_SECOND_US);
	if (reply->error == REPLY_OK)
		json_raw(out, "body", reply->body);
	else
		put_error(out, reply);
	json_raw(out, "receivers", reply->receivers);
	json_integer(out, "failures", reply->failures);
	if (reply->retry_in_s > 0)
		json_number(out, "retry_in_s", reply->retry_in_s);
	json_close(out);
}
