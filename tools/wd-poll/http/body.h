/* The trust boundary: the bytes of a kit become JSON that every later stage can rely on. */
#ifndef WD_POLL_BODY_H
#define WD_POLL_BODY_H

#include "common/base/buffer.h"
#include "common/record/reply_error.h"

/* The longest body, as received and as written. */
#define BODY_MAX ((size_t)4 << 20)

#define BODY_REASON_SIZE 80

/* Replace the contents of `compact` by `raw`, checked by the strict scanner, repaired, and without
 * white space. Return REPLY_OK; REPLY_NOT_JSON if `raw` is neither an object nor an array;
 * REPLY_TOO_LARGE if the repaired body has more than BODY_MAX bytes. With an error, `reason` has
 * its text, which contains nothing of `raw`. */
enum reply_error body_compact(
	struct span raw, struct buffer *compact, char reason[BODY_REASON_SIZE]);

#endif
