/* Lines that more than one stage reads or writes (design: "Lines on the pipe"). */
#ifndef WD_COMMON_RECORD_H
#define WD_COMMON_RECORD_H

#include "common/buffer.h"
#include "common/clock.h"

/* A reject carries at most this many bytes of what it rejects, cut at a character. */
#define RECORD_RAW_MAX ((size_t)64 << 10)

/* The longest kit_id, drone_id or uid, in bytes. */
#define RECORD_ID_MAX 64

/* Input that a stage could not use, kept so that it can be looked at and fed again. */
struct record_reject {
	const char *stage;  /* "wd-normalize" */
	const char *reason; /* a code, then what is known: "not_json: bad literal at byte 12" */
	struct span kit_id; /* plain text; `at` NULL where it is not known */
	clock_us time;      /* of the reply it came in; 0 where it is not known */
	struct span raw;    /* the bytes as they came */
};

/* Appends `{"type":"reject",…}` and a newline. */
void record_put_reject(struct buffer *out, const struct record_reject *reject);

#endif
