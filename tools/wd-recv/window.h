/* The messages that COMMAND has and has not acknowledged, in batches that end with a mark. Pure.
 * Times are those of the monotonic clock, in microseconds. */
#ifndef WD_RECV_WINDOW_H
#define WD_RECV_WINDOW_H

#include "common/time/clock.h"

#include <stdbool.h>
#include <stddef.h>

/* A batch ends when one of these is reached. */
#define BATCH_BYTES    ((size_t)8 << 20)
#define BATCH_MESSAGES 64
#define BATCH_US       (CLOCK_SECOND_US / 2)

struct recv_batch {
	uint64_t mark;
	uint64_t tag;    /* of its last message */
	size_t messages; /* in it */
};

/* Zero-initialise. */
struct recv_window {
	struct recv_batch *batches; /* with a mark, oldest first */
	size_t batch_count, capacity;
	struct recv_batch open; /* without a mark yet */
	size_t open_bytes;
	int64_t open_us;    /* when it began */
	uint64_t sent;      /* the last mark */
	size_t messages;    /* that are not acknowledged */
	int64_t waiting_us; /* of the last acknowledgement, or since when one is awaited */
};

void recv_window_release(struct recv_window *window);

void recv_window_add(struct recv_window *window, uint64_t tag, size_t bytes, int64_t now_us);

/* Return whether the open batch has to end; and when it will have to, or INT64_MAX. */
bool recv_window_is_due(const struct recv_window *window, int64_t now_us);
int64_t recv_window_due_us(const struct recv_window *window);

/* End the open batch, which is not empty. Return the number of its mark. */
uint64_t recv_window_end_batch(struct recv_window *window);

/* COMMAND acknowledges `mark`, and so all before it. Return whether that is news: the messages up
 * to `*tag`, of which there are `*messages`, are to be acknowledged to the broker. */
bool recv_window_ack(
	struct recv_window *window, uint64_t mark, int64_t now_us, uint64_t *tag, size_t *messages);

#endif
