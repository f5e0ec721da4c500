/* Checkpoints: the state at a mark, saved beside the state that the run started with, so that a
 * pipeline that is restarted has exactly the state that belongs to the first line that it gets.
 *
 * With `--state DIR/current/NAME` the file is read and never written; a checkpoint with the mark M
 * writes DIR/M/NAME. The writer of the mark points DIR/current at DIR/M once the mark has been
 * acknowledged (wd-record(5), "mark"). */
#ifndef WD_HEALTH_CHECKPOINT_H
#define WD_HEALTH_CHECKPOINT_H

#include "tools/wd-health/state.h"

/* Zero-initialise, then call checkpoint_open(). */
struct checkpoint {
	char *folder;     /* DIR; NULL: checkpoints are not wanted */
	const char *name; /* NAME, inside the path that was given */
	struct buffer scratch;
};

/* Recognize a state file inside a folder called `current`. `path` (or NULL) must outlive
 * `checkpoint`. */
void checkpoint_open(struct checkpoint *checkpoint, const char *path);
void checkpoint_release(struct checkpoint *checkpoint);

static inline bool checkpoint_is_wanted(const struct checkpoint *checkpoint)
{
	return checkpoint->folder != NULL;
}

/* Write DIR/`mark`/NAME, creating DIR/`mark` where it is missing. `mark` is that of an event.
 * Return 0, EX_CANTCREAT or EX_IOERR; the failure has been logged. */
int checkpoint_write(struct checkpoint *checkpoint, const char *mark, const struct health *health);

#endif
