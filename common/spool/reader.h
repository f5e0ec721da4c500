/* The reading side of a spool: DIR/new, whose sealed segments are listed, opened and removed.
 *
 * The files belong to the user that polls, who may be compromised: only regular files named as
 * segments count, and no symbolic link is ever followed. */
#ifndef WD_SPOOL_READER_H
#define WD_SPOOL_READER_H

#include "common/spool/segment.h"

#include <sys/types.h>

/* Names of segments. Zero-initialise; release with segment_names_release(). */
struct segment_names {
	char (*names)[SEGMENT_NAME_SIZE];
	size_t count, capacity;
};

/* Both return 0, or EX_OSERR without memory. */
int segment_names_add(struct segment_names *names, const char *name);
int segment_names_add_all(struct segment_names *names, const struct segment_names *more);
void segment_names_sort(struct segment_names *names);
void segment_names_release(struct segment_names *names);

/* Whether `name` is among sorted `names`. */
bool segment_names_contain(const struct segment_names *names, const char *name);

struct spool_reader {
	const char *path;              /* as the user wrote it; not owned */
	int fd, new_fd;                /* new_fd holds the lock; -1: not open */
	struct segment_names reported; /* names that are no regular files, already logged */
};

/* Open and lock the spool. Return 0; EX_NOINPUT, without a message, where there is no folder
 * DIR/new; EX_CANTCREAT where another process drains it; EX_IOERR. */
int spool_reader_open(struct spool_reader *reader, const char *path);
void spool_reader_close(struct spool_reader *reader);

/* Whether DIR/new is still the folder that was opened: it may have been removed or replaced. */
bool spool_reader_is_current(const struct spool_reader *reader);

/* Add the names of all segments to `names`, sorted. What is named as a segment and is no regular
 * file is left alone, and logged once. Return 0, EX_IOERR, or EX_OSERR without memory. */
int spool_reader_list(struct spool_reader *reader, struct segment_names *names);

/* Which file a name stands for. Another file of that name, or one that was written to, differs. */
struct segment_identity {
	uint64_t inode;
	int64_t size, mtime_ns;
};

bool segment_identity_equals(const struct segment_identity *a, const struct segment_identity *b);

/* Open a segment for reading. Return its descriptor and its identity, or -1 and errno: ENOENT
 * where it is gone, EINVAL where it is no regular file. */
int spool_reader_open_segment(
	const struct spool_reader *reader, const char *name, struct segment_identity *identity);

/* The identity of the file that has that name now; false where there is none. */
bool spool_reader_identify(
	const struct spool_reader *reader, const char *name, struct segment_identity *identity);

/* Return 0, or -1 and errno. A segment that is gone already counts as removed. */
int spool_reader_remove(const struct spool_reader *reader, const char *name);

/* How many segments wait, their bytes, and the time in the oldest one's name; 0 without any. */
struct spool_backlog {
	int64_t segments, bytes;
	clock_us oldest;
};
int spool_reader_measure(const struct spool_reader *reader, struct spool_backlog *backlog);

/* Open DIR/bad, where unusable data is set aside, and create it if it is missing. Return a
 * descriptor, or -1 and errno; a symbolic link is refused. */
int spool_reader_open_bad(const struct spool_reader *reader);

#endif
