/* STATE, where stateful filters keep what they know, so that it never runs ahead of the database.
 *
 *   STATE/MARK/NAME     what the filter NAME knew at the checkpoint MARK
 *   STATE/MARK/covers   the segments that this checkpoint covers, and which files they are
 *   STATE/current       a symbolic link to the folder of the last acknowledged checkpoint
 *
 * A filter loads STATE/current/NAME and writes STATE/MARK/NAME; only state_commit() moves
 * `current`. The segments in `covers` are stored and part of that state: if they are still in the
 * spool they must be released without being fed again, or their lines would count twice. */
#ifndef WD_DRAIN_STATE_H
#define WD_DRAIN_STATE_H

#include "common/pipeline/reply.h"
#include "common/spool/reader.h"

struct state {
	const char *path;                             /* not owned */
	int fd;                                       /* holds the lock */
	char current[MARK_SIZE], previous[MARK_SIZE]; /* "" without one */
};

/* Open STATE, creating it if it is missing (mode 0700), and lock it. Return 0;
 * EX_CANTCREAT where another process uses it; EX_IOERR. */
int state_open(struct state *state, const char *path);
void state_close(struct state *state);

/* Whether STATE is still the folder that was opened: it may have been removed or replaced. */
bool state_is_current(const struct state *state);

/* Add the names in current/covers that still stand for the same files. Return 0, EX_IOERR or
 * EX_OSERR. */
int state_read_covers(
	const struct state *state, const struct spool_reader *reader, struct segment_names *names);

/* Make the checkpoint `mark` durable and the current one; `covers` are its segments. Return 0 or
 * EX_IOERR; then the former one stays current. Older checkpoints are removed. */
int state_commit(struct state *state, const char *mark, const struct spool_reader *reader,
	const struct segment_names *covers);

#endif
