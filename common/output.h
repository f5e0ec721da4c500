/* Where finished lines go: to the reader of stdout, or into a spool. */
#ifndef WD_COMMON_OUTPUT_H
#define WD_COMMON_OUTPUT_H

#include "common/spool/spool.h"

/* Lines are appended to `lines`, whole; out_flush() passes on what can be written without waiting,
 * so that signals and timeouts are heeded while the reader sleeps. */
struct output {
	struct buffer lines;
	size_t written;      /* of `lines` */
	struct spool *spool; /* opened, not owned; NULL: stdout */
	int own;             /* stdout's pipe, opened without blocking; -1: none */
};

/* `spool` NULL: lines go to stdout. */
void output_open(struct output *out, struct spool *spool);
void output_release(struct output *out);

/* Returns 0, EX_IOERR (a reader that is gone included) or EX_OSERR; the failure has been logged. */
int output_flush(struct output *out);

/* Whether something waits for the reader, and whether that is so much that no reply should be asked
 * for. */
bool output_pending(const struct output *out);
bool output_full(const struct output *out);

/* EX_IOERR, said, if the reader of stdout is gone: it may be long until the next line is written.
 * Otherwise 0. */
int output_check(const struct output *out);

/* When out_flush() has something to do of itself, on the monotonic clock; INT64_MAX: never. */
int64_t output_next_us(const struct output *out);

/* The descriptor to wait for with POLLOUT while out_waits(); -1 where that is never needed. */
int output_fd(const struct output *out);

#endif
