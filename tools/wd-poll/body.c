/* The border: bytes of a kit become JSON that every later stage can trust. */
#include "tools/wd-poll/body.h"

#include "common/scan.h"

#include <stdio.h>

/* What a usual body needs stays allocated between two of them, what a giant one took does not. */
#define KEPT_CAPACITY ((size_t)1 << 20)

static bool refuse(char reason[BODY_REASON_SIZE], const char *why)
{
	snprintf(reason, BODY_REASON_SIZE, "%s", why);
	return false;
}

bool body_compact(struct span raw, struct buffer *compact, char reason[BODY_REASON_SIZE])
{
	struct scan_error error;

	compact->length = 0;
	if (compact->capacity > KEPT_CAPACITY)
		buffer_release(compact);
	if (!raw.length)
		return refuse(reason, "empty");
	char *out = buffer_reserve(compact, SCAN_COMPACT_MAX(raw.length));
	if (!out) {
		compact->failed = false;
		return refuse(reason, "out of memory");
	}
	if (!scan_compact(raw, SCAN_MEND, out, &compact->length, &error)) {
		snprintf(reason, BODY_REASON_SIZE, "%s at byte %zu", error.reason, error.at);
		return false;
	}
	return *out == '{' || *out == '[' || refuse(reason, "neither an object nor an array");
}
