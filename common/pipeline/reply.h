/* The lines that a pipeline returns: acknowledgements, and the notice that the sink is waiting.
 * Pure. */
#ifndef WD_PIPELINE_REPLY_H
#define WD_PIPELINE_REPLY_H

#include "common/base/span.h"

#include <stdint.h>

/* Sixteen lower-case hexadecimal digits and a NUL. */
#define NONCE_SIZE 17

/* "NONCE.COUNTER" and a NUL. */
#define MARK_SIZE (NONCE_SIZE + 21)

enum reply_kind {
	REPLY_OTHER, /* not for us, or of another pipeline */
	REPLY_ACK,
	REPLY_BUSY,
	REPLY_MARK, /* one of our marks: the last command does not acknowledge */
};

/* Counts of lines since the previous acknowledgement. */
struct reply_counts {
	int64_t read, stored, unchanged, rejected, ignored;
};

void reply_counts_add(struct reply_counts *sum, const struct reply_counts *more);

struct sink_reply {
	enum reply_kind kind;
	uint64_t mark;              /* REPLY_ACK, REPLY_MARK: the number of the mark */
	struct reply_counts counts; /* REPLY_ACK */
	char reason[64];            /* REPLY_BUSY */
};

/* `line` is without its newline. Marks of other pipelines than `nonce` are REPLY_OTHER. */
struct sink_reply reply_parse(struct span line, const char *nonce);

/* Whether a line of a segment is of the type mark or ack, which only wd-drain and sinks may
 * write. */
bool reply_is_reserved(struct span line);

#endif
