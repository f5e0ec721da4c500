/* The segments that were fed to a pipeline and are not released yet: which mark covers them, when a
 * checkpoint is due, and what an acknowledgement releases. Pure.
 *
 * Marks are numbered from 1. A mark of number N acknowledges everything before it, so also marks
 * with lower numbers. A checkpoint is a mark after which stateful filters have saved their state;
 * only acknowledged checkpoints release segments. */
#ifndef WD_DRAIN_WINDOW_H
#define WD_DRAIN_WINDOW_H

#include "common/spool/reader.h"
#include "common/time/clock.h"

/* Checkpoints that are not acknowledged yet; the last place is kept for the one at the end. */
#define WINDOW_CHECKPOINTS_MAX 16

#define WINDOW_BYTES_MAX        ((int64_t)64 << 20)
#define WINDOW_MARK_BYTES       ((int64_t)256 << 10)
#define WINDOW_CHECKPOINT_US    (2 * CLOCK_SECOND_US)
#define WINDOW_CHECKPOINT_COUNT 250

struct window_segment {
	char name[SEGMENT_NAME_SIZE];
	struct segment_identity identity; /* when it was opened */
};

struct window_checkpoint {
	uint64_t mark;
	size_t covered; /* the number of `segments`, from the first, before it */
};

struct window {
	struct window_segment *segments; /* oldest first */
	size_t count, capacity;
	size_t count_max; /* limit of their number */
	int64_t bytes;
	size_t checked;          /* number of them that a checkpoint that was sent covers */
	int64_t unchecked_bytes; /* of the others */
	bool is_marked;          /* a mark follows the last of them */
	int64_t unmarked_bytes;  /* of those that no mark follows */
	int64_t checkpoint_us;   /* when the last checkpoint was sent; monotonic clock */
	uint64_t sent, acked;    /* numbers of marks */
	struct window_checkpoint checkpoints[WINDOW_CHECKPOINTS_MAX];
	size_t checkpoint_count;
};

void window_init(struct window *window, size_t count_max, int64_t now_us);
void window_release(struct window *window);

/* Whether one more segment may be fed. */
bool window_has_room(const struct window *window);

/* A segment was fed to its end. Return 0 or EX_OSERR. */
int window_add(struct window *window, const char *name, const struct segment_identity *identity);

/* Whether a mark is due although more is to be fed: a pipeline must report progress. */
bool window_mark_is_due(const struct window *window);

/* Whether a mark is due where nothing more is to be fed for now: not while another one is awaited,
 * so that a sink that is busy gets one large batch and not many small ones. */
bool window_flush_is_due(const struct window *window);

/* Whether the next mark should be a checkpoint: after 2 s, 250 segments or a quarter of the limits,
 * where anything was fed since the last one. */
bool window_checkpoint_is_due(const struct window *window, int64_t now_us);

/* When that may become true by waiting; INT64_MAX: never. */
int64_t window_checkpoint_due_us(const struct window *window);

/* The number of the next mark, which is sent now. With `checkpoint` it covers what was added. */
uint64_t window_next_mark(struct window *window, bool checkpoint, int64_t now_us);

/* Whether segments were fed that no checkpoint covers. */
bool window_needs_checkpoint(const struct window *window);

/* Mark `mark` was acknowledged. False for a number that was not sent, or acknowledged already. */
bool window_ack(struct window *window, uint64_t mark);

/* The newest acknowledged checkpoint that has not been taken yet, removed from the window: its mark
 * and how many segments, from the first, it covers. False without one. */
bool window_take_checkpoint(struct window *window, struct window_checkpoint *taken);

/* Forget the first `count` segments: they are released. */
void window_drop(struct window *window, size_t count);

#endif
