/* Checkpoints: the state of a filter at a mark, saved beside the state that the run started with,
 * so that a pipeline that is restarted has exactly the state that belongs to the first line that it
 * gets.
 *
 * With `--state DIR/current/NAME` the file is read and never written; a checkpoint with the mark M
 * writes DIR/M/NAME. The source of the mark points DIR/current at DIR/M once the mark has been
 * acknowledged (wd-record(5), "mark"). */
#ifndef WD_COMMON_CHECKPOINT_H
#define WD_COMMON_CHECKPOINT_H

#include "common/base/buffer.h"

/* A mark is 16 hexadecimal digits, a dot and a counter; with the NUL. */
#define CHECKPOINT_MARK_SIZE 40

/* Zero-initialise, then call checkpoint_open(). */
struct checkpoint {
	char *folder;     /* DIR, owned; NULL: checkpoints are not wanted */
	const char *name; /* NAME, inside the path that was given */
};

/* Recognize a state file inside a folder called `current`. `path` (or NULL) must outlive
 * `checkpoint`. */
void checkpoint_open(struct checkpoint *checkpoint, const char *path);
void checkpoint_release(struct checkpoint *checkpoint);

static inline bool checkpoint_is_wanted(const struct checkpoint *checkpoint)
{
	return checkpoint->folder != NULL;
}

/* Return whether `mark` is NONCE.COUNTER (wd-record(5)), which is safe as the name of a folder. */
bool checkpoint_mark_is_valid(const char *mark);

/* Write `content` to DIR/`mark`/NAME, creating DIR/`mark` where it is missing; `mark` is valid.
 * Empty `content`. Return 0, EX_CANTCREAT or EX_IOERR; the failure has been logged. */
int checkpoint_write(const struct checkpoint *checkpoint, const char *mark, struct buffer *content);

#endif
