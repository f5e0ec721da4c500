/* Where finished lines go: to the reader of stdout, or into a spool. */
#ifndef WD_COMMON_OUTPUT_H
#define WD_COMMON_OUTPUT_H

#include "common/spool/spool.h"

/* Append whole lines to `lines`; output_flush() writes as many as possible without waiting, so that
 * signals and timeouts are handled while the reader is slow. */
struct output {
	struct buffer lines;
	size_t written;      /* of `lines` */
	struct spool *spool; /* open, not owned; NULL: stdout */
	int own_fd;          /* the pipe of stdout, opened again without blocking; -1: none */
};

/* `spool` NULL: lines go to stdout. */
void output_open(struct output *out, struct spool *spool);
void output_release(struct output *out);

/* Return 0, EX_IOERR (including a reader that is gone) or EX_OSERR; the error has been logged. */
int output_flush(struct output *out);

/* Return whether lines wait for the reader, and whether there are so many that nothing should be
 * polled. */
bool output_pending(const struct output *out);
bool output_full(const struct output *out);

/* Return EX_IOERR (logged) if the reader of stdout is gone, although nothing is to be written now;
 * otherwise 0. */
int output_check(const struct output *out);

/* Return when output_flush() has something to do by itself, on the monotonic clock; INT64_MAX:
 * never. */
int64_t output_next_us(const struct output *out);

/* Return the descriptor to wait for with POLLOUT while output_pending(); -1 if that is never
 * needed. */
int output_fd(const struct output *out);

#endif
