/* The border: bytes of a kit become JSON that every later stage can trust. */
#ifndef WD_POLL_BODY_H
#define WD_POLL_BODY_H

#include "common/buffer.h"

#define BODY_REASON_SIZE 80

/* Replaces what is in `compact` by `raw`, checked by the strict scanner, mended, and without white
 * space. False where it is neither an object nor an array; `reason` says why and holds nothing of
 * `raw`. */
bool body_compact(struct span raw, struct buffer *compact, char reason[BODY_REASON_SIZE]);

#endif
