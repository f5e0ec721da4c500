/* The border: bytes of a kit become JSON that every later stage can trust. */
#ifndef WD_POLL_BODY_H
#define WD_POLL_BODY_H

#include "common/reply_line.h"

/* The longest body, as it comes and as it is passed on. */
#define BODY_MAX ((size_t)4 << 20)

#define BODY_REASON_SIZE 80

/* Replaces what is in `compact` by `raw`, checked by the strict scanner, mended, and without white
 * space. Returns REPLY_OK; REPLY_NOT_JSON where `raw` is neither an object nor an array;
 * REPLY_TOO_LARGE where mending has made more than BODY_MAX bytes of it. Then `reason` says why,
 * and holds nothing of `raw`. */
enum reply_error body_compact(
	struct span raw, struct buffer *compact, char reason[BODY_REASON_SIZE]);

#endif
