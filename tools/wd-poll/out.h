/* Where finished lines go: to the reader of stdout, or into a spool. */
#ifndef WD_POLL_OUT_H
#define WD_POLL_OUT_H

#include "common/spool/spool.h"

/* Lines are appended to `lines`, whole; out_flush() passes on what can be written without waiting,
 * so that signals and timeouts are heeded while the reader sleeps. */
struct out {
	struct buffer lines;
	size_t written;      /* of `lines` */
	struct spool *spool; /* opened, not owned; NULL: stdout */
	int own;             /* stdout's pipe, opened without blocking; -1: none */
};

/* `spool` NULL: lines go to stdout. */
void out_open(struct out *out, struct spool *spool);
void out_release(struct out *out);

/* Returns 0, EX_IOERR (a reader that is gone included) or EX_OSERR; the failure has been logged. */
int out_flush(struct out *out);

/* Whether something waits for the reader, and whether that is so much that no reply should be asked
 * for. */
bool out_waits(const struct out *out);
bool out_full(const struct out *out);

/* EX_IOERR, said, if the reader of stdout is gone: it may be long until the next line is written.
 * Otherwise 0. */
int out_look(const struct out *out);

/* When out_flush() has something to do of itself, on the monotonic clock; INT64_MAX: never. */
int64_t out_due_us(const struct out *out);

/* The descriptor to wait for with POLLOUT while out_waits(); -1 where that is never needed. */
int out_fd(const struct out *out);

#endif
