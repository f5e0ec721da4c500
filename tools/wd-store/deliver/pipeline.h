/* Two batches: one is filled with lines while the database works on the other. */
#ifndef WD_STORE_PIPELINE_H
#define WD_STORE_PIPELINE_H

#include "common/pipeline/acknowledge.h"
#include "common/pipeline/busy.h"
#include "tools/wd-store/deliver/counts.h"
#include "tools/wd-store/deliver/deliver.h"
#include "tools/wd-store/rows/recent.h"

enum {
	MARKS_MAX = 1024, /* of a batch; more marks end it */
};

struct slot {
	struct batch batch;
	struct rows rows;             /* of the batch */
	struct mark marks[MARKS_MAX]; /* to be acknowledged when the batch is committed */
	size_t mark_count;
	bool is_sent;
};

struct pipeline {
	struct delivery delivery;
	struct slot slots[2];
	struct slot *filling;
	struct recent recent;
	struct counts *counts; /* the caller's */

	int ack_fd;
	struct counts acknowledged; /* the part of `counts` that acks have reported */
	struct busy busy;
};

/* Allocate for batches of at most `max` lines, counted in `counts`. Owns `sink` from here on, also
 * on failure. Return 0 or EX_OSERR. */
int pipeline_open(struct pipeline *pipeline, struct sink *sink, size_t max, bool fail_fast,
	struct counts *counts);
void pipeline_close(struct pipeline *pipeline);

/* Write acknowledgements and busy lines to `fd` from here on. Return 0 or EX_OSERR. */
int pipeline_acknowledge(struct pipeline *pipeline, int fd);

/* Acknowledge a mark once every line before it is committed or rejected: at once if none waits.
 * A mark does not end its batch. Return as pipeline_send(), also EX_IOERR. */
int pipeline_mark(struct pipeline *pipeline, const struct mark *mark);

/* Add a line, and send the batch first if it is full. `fault`: why the line cannot be used (a
 * static text), or NULL. Return as pipeline_send(). */
int pipeline_line(struct pipeline *pipeline, struct span line, const char *fault);

/* How many lines have been added and not sent. */
size_t pipeline_waiting(const struct pipeline *pipeline);

/* Finish the batch in flight, and send the waiting lines. Return as deliver(). */
int pipeline_send(struct pipeline *pipeline);

/* Whether a batch is in flight. */
bool pipeline_is_working(const struct pipeline *pipeline);

/* Readable when the batch in flight needs pipeline_collect(); -1 while none is in flight. */
int pipeline_done_fd(const struct pipeline *pipeline);

/* Finish the batch in flight if the first attempt at it is over. Return as deliver(). */
int pipeline_collect(struct pipeline *pipeline);

/* Wait until everything that was sent is committed. Return as deliver(). */
int pipeline_finish(struct pipeline *pipeline);

#endif
