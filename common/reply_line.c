/* The `reply` line: what came of one finished request. */
#include "common/reply_line.h"

#include "common/json.h"

enum {
	RAW_MAX = 1024
};

/* The beginning of what arrived, not ending inside a UTF-8 character. */
static struct span beginning(struct span raw)
{
	if (raw.length <= RAW_MAX)
		return raw.length ? raw : (struct span){0};
	size_t length = RAW_MAX;
	while (length > RAW_MAX - 4 && ((unsigned char)raw.data[length] & 0xc0) == 0x80)
		length--;
	return (struct span){raw.data, length};
}

static void put_error(struct buffer *out, const struct reply_line *reply)
{
	json_text(out, "error", span_of(reply_error_code(reply->error)));
	json_text(out, "message", span_of(reply->message));
	json_text(out, "raw", beginning(reply->raw));
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
	if (reply->http_status)
		json_integer(out, "http_status", reply->http_status);
	if (reply->dated)
		json_time(out, "kit_date", reply->kit_date);
	if (reply_offset_matters(reply->clock_offset_us))
		json_number(out, "clock_offset_s",
			(double)reply->clock_offset_us / (double)CLOCK_SECOND_US);
	if (reply->error == REPLY_OK)
		json_raw(out, "body", reply->body);
	else
		put_error(out, reply);
	json_integer(out, "failures", reply->failures);
	if (reply->retry_in_s > 0)
		json_number(out, "retry_in_s", reply->retry_in_s);
	json_close(out);
}
