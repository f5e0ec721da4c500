/* The trust boundary: the bytes of a kit become JSON that every later stage can rely on. */
#include "tools/wd-poll/http/body.h"

#include "common/base/utf8.h"
#include "common/scan/scan.h"

#include <stdio.h>

/* The memory of a usual body is kept for the next one, that of a giant body is freed. */
#define KEPT_CAPACITY ((size_t)1 << 20)

static enum reply_error body_error(
	enum reply_error error, const char *why, char reason[BODY_REASON_SIZE])
{
	snprintf(reason, BODY_REASON_SIZE, "%s", why);
	return error;
}

enum reply_error body_compact(
	struct span raw, struct buffer *compact, char reason[BODY_REASON_SIZE])
{
	struct scan_error error;

	compact->length = 0;
	compact->failed = false;
	if (compact->capacity > KEPT_CAPACITY)
		buffer_release(compact);
	raw = utf8_skip_byte_order_mark(raw);
	if (!raw.length)
		return body_error(REPLY_NOT_JSON, "empty", reason);
	char *out = buffer_reserve(compact, SCAN_COMPACT_MAX(raw.length));
	if (!out)
		return body_error(REPLY_TOO_LARGE, "out of memory", reason);
	if (!scan_compact(raw, SCAN_REPAIR, out, &compact->length, &error)) {
		snprintf(reason, BODY_REASON_SIZE, "%s at byte %zu", error.reason, error.at);
		return REPLY_NOT_JSON;
	}
	if (*out != '{' && *out != '[')
		return body_error(REPLY_NOT_JSON, "neither an object nor an array", reason);
	if (compact->length > BODY_MAX)
		return body_error(REPLY_TOO_LARGE, "more than 4 MiB after repair", reason);
	return REPLY_OK;
}
