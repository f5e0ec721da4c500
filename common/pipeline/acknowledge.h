/* The sink's side of acknowledgements: marks in the input, ack and busy lines in the output
 * (wd-record(5)). */
#ifndef WD_PIPELINE_ACKNOWLEDGE_H
#define WD_PIPELINE_ACKNOWLEDGE_H

#include "common/base/buffer.h"
#include "common/pipeline/reply.h"

enum {
	MARK_TEXT_SIZE = 16 + 1 + 20 + 1, /* nonce, dot, counter, NUL */
};

/* A valid mark: 16 lower-case hexadecimal digits, a dot, 1 to 20 decimal digits. */
struct mark {
	char text[MARK_TEXT_SIZE];
	bool flush; /* nothing more follows for now: lines that wait for more are stored at once */
};

enum control_line {
	CONTROL_NONE,  /* a line to store, also a mark whose text is not valid */
	CONTROL_MARK,  /* to be acknowledged */
	CONTROL_REPLY, /* an ack or a busy line of another program: skipped */
};

/* Classify a line; for CONTROL_MARK, write the mark to `mark`. */
enum control_line control_parse(struct span line, struct mark *mark);

/* Append an ack line with these counts since the previous ack. */
void ack_format(struct buffer *out, const struct mark *mark, const struct reply_counts *counts);

/* Append a busy line. `reason` is a code, `since_us` the wall clock when waiting began. */
void busy_format(struct buffer *out, const char *reason, int64_t since_us);

#endif
