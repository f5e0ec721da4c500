/* Lines into a sink: sent while the next are read, tried again, counted. */
#ifndef WD_STORE_STORE_H
#define WD_STORE_STORE_H

#include "tools/wd-store/acknowledge.h"
#include "tools/wd-store/busy.h"
#include "tools/wd-store/counts.h"
#include "tools/wd-store/sink.h"

enum {
	MARKS_MAX = 1024, /* of a batch; more marks end it */
};

/* Lines and what they are loaded as. */
struct slot {
	struct batch batch;
	struct mark marks[MARKS_MAX]; /* to be acknowledged when the batch is committed */
	size_t mark_count;
	struct rows rows;
	bool sent;
	int status; /* of sending it */
};

/* Two slots, so that one can be filled while the database works on the other. */
struct pipeline {
	struct sink *sink;
	bool fail_fast;
	struct slot slots[2];
	struct slot *filling;
	struct counts *counts;               /* the caller's */
	unsigned failures;                   /* in a row, of the database */
	char logged_reason[SINK_REASON_MAX]; /* why, as it was last said */

	bool acknowledges;
	int ack_fd;
	struct counts acknowledged; /* the part of `counts` that acks have reported */
	struct busy busy;
};

/* For batches of at most `most` lines. Owns `sink` from here on, also on failure. Returns 0 or
 * EX_OSERR. */
int pipeline_open(struct pipeline *pipeline, struct sink *sink, size_t most, bool fail_fast);
void pipeline_close(struct pipeline *pipeline);

/* Write acknowledgements and busy lines to `fd` from here on. Returns 0 or EX_OSERR. */
int pipeline_acknowledge(struct pipeline *pipeline, int fd);

/* Acknowledge a mark once every line before it is committed or rejected: at once if none waits.
 * A mark does not end its batch. Returns as pipeline_send(), also EX_IOERR. */
int pipeline_mark(struct pipeline *pipeline, const struct mark *mark);

/* Takes a line; `fault` (a static text) says that it cannot be used, or NULL. Sends what is there
 * first where that is too much already. Returns 0 or an exit status, as pipeline_send(). */
int pipeline_line(struct pipeline *pipeline, struct span line, const char *fault);

/* How many lines have been taken and not been sent. */
size_t pipeline_waiting(const struct pipeline *pipeline);

/* Hands the lines that wait to the database, and finishes those that were sent before. Tries again
 * for as long as the database is away, after a random wait of up to 30 s; returns EX_TEMPFAIL
 * instead where `fail_fast` is set or a signal asks to stop. Otherwise 0 or an exit status. */
int pipeline_send(struct pipeline *pipeline);

/* Waits until everything that was sent is committed; returns as pipeline_send(). */
int pipeline_finish(struct pipeline *pipeline);

/* How long to leave the database alone after `failures` (>= 1) attempts in a row, in seconds:
 * `random` (0..1) of 1, 2, 4 … 30 s, so that many writers do not come back all at once. */
double pipeline_wait_s(unsigned failures, double random);

#endif
