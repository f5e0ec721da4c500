/* A best-effort copy of lines to the reader that listens at a UNIX socket: nothing here waits. */
#ifndef WD_TEE_COPY_H
#define WD_TEE_COPY_H

#include "common/base/buffer.h"
#include "common/log/log_limit.h"

#include <stdint.h>

/* Lines that the reader has not taken; more of them are dropped. */
#define COPY_BYTES_MAX ((size_t)4 << 20)

struct copy {
	const char *path; /* of the socket, not owned; NULL: nothing is copied */
	int fd;           /* -1: not connected */
	struct buffer pending;
	size_t sent;      /* so much of `pending` is sent */
	int64_t retry_us; /* when to connect again, monotonic clock */
	bool is_missed;   /* that nothing listens has been logged */
	uint64_t dropped; /* lines since this was logged */
	struct log_limit limit;
};

/* Prepare a copy to the socket `path`, or none if it is NULL. Return 0, or EX_USAGE (logged) if the
 * path is too long for a socket. */
int copy_open(struct copy *copy, const char *path);
void copy_close(struct copy *copy);

/* Copy a line, given without its newline, if there is a reader and room. */
void copy_add(struct copy *copy, struct span line);

/* Connect if that is due, and send what the socket takes. */
void copy_send(struct copy *copy, int64_t now_us);

/* Return after how many milliseconds copy_send() should be called again; -1: no need. */
int copy_wait_ms(const struct copy *copy, int64_t now_us);

#endif
