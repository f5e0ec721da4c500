/* Lines that more than one stage writes; see wd-record(5). */
#ifndef WD_COMMON_RECORD_H
#define WD_COMMON_RECORD_H

#include "common/base/buffer.h"
#include "common/time/clock.h"

/* Maximum length of the raw text in a reject; it is truncated at a character. */
#define RECORD_RAW_MAX ((size_t)64 << 10)

/* The longest kit_id, drone_id or uid, in bytes. */
#define RECORD_ID_MAX 64

/* The id that DragonSync gives to every encrypted drone that it cannot identify; a number may
 * follow, as in "drone-alert-2". It names no drone. */
#define RECORD_PLACEHOLDER "drone-alert"

bool record_id_is_placeholder(const char *id);

/* Log how many `reply` lines still had their body: wd-normalize, which removes it, is missing in the
 * pipeline. */
void record_warn_not_normalized(uint64_t count);

/* Input that a stage could not use, kept so that it can be examined and fed again. */
struct record_reject {
	const char *stage;  /* "wd-normalize" */
	const char *reason; /* made by reject_reason() */
	struct span kit_id; /* plain text; `data` NULL if not known */
	clock_us time;      /* of the observation or its reply; 0 if not known */
	struct span raw;    /* the bytes as received */
};

/* Append `{"type":"reject",…}` and a newline. */
void record_put_reject(struct buffer *out, const struct record_reject *reject);

/* Append the reject of a line that was too long, by its first bytes. */
void record_put_overlong(struct buffer *out, const char *stage, struct span beginning);

#endif
