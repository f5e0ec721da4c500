/* The directory of a spool: DIR/tmp/WRITER, where a writer's open segment lies, and DIR/new, where
 * the sealed segments of all writers wait for wd-drain. */
#ifndef WD_SPOOL_SPOOL_DIR_H
#define WD_SPOOL_SPOOL_DIR_H

#include "common/time/clock.h"

#include <dirent.h>

struct spool_dir {
	const char *path; /* as the user wrote it, for messages; not owned */
	int fd;
	int tmp_fd; /* DIR/tmp/WRITER; holds the lock */
	int new_fd;

	/* Closed for a moment when a segment is made or a folder is listed: where connections have
	 * taken all other descriptors, the spool must go on. -1: in use. */
	int spare_fds[2];
};

/* Open the spool for the writer `writer` ("poll"), create what is missing of it (mode 0700:
 * detections are personal data) and lock DIR/tmp/WRITER. Writers of different names share a spool.
 * Return 0; EX_CONFIG for a network file system (unless `force`), whose fsync and flock promise
 * too little; 73 (EX_CANTCREAT) where another process of that name writes to this spool; EX_IOERR
 * where something cannot be opened. */
int spool_dir_open(struct spool_dir *dir, const char *path, const char *writer, bool force);
void spool_dir_close(struct spool_dir *dir);

/* Whether statfs(2)'s f_type says that the files live on another machine or in a user's process. */
bool spool_dir_is_remote(unsigned long type);

/* Make the segment `name` in DIR/tmp, for appending. Return its descriptor, or -1 and errno. */
int spool_dir_create(struct spool_dir *dir, const char *name);

/* Close a segment. */
void spool_dir_close_segment(struct spool_dir *dir, int fd);

/* List one of the two folders (`folder_fd` is dir->tmp_fd or dir->new_fd); the caller closes it
 * with closedir(3). NULL, after logging it, where that fails. */
DIR *spool_dir_list(struct spool_dir *dir, int folder_fd);

/* The contents of one of the two folders. */
struct spool_usage {
	int64_t bytes;    /* of all regular files */
	int64_t segments; /* files that are named as segments */
	clock_us newest;  /* the latest time in a segment's name; 0 without segments */
};

/* Return 0, or EX_IOERR. */
int spool_dir_measure(struct spool_dir *dir, int folder_fd, struct spool_usage *usage);

/* A time that no name which was ever given in this spool is later than, also where all segments
 * are gone: the latest name, and the time at which DIR/new last changed. Return 0 or EX_IOERR. */
int spool_dir_last_name(struct spool_dir *dir, clock_us *last);

/* Make the segment `name`, open as `fd`, durable: fsync, rename to DIR/new, fsync of DIR/new.
 * Return 0, EX_IOERR (logged), or EX_TEMPFAIL (not logged) where the disk has no room for the
 * name: `fd` is still good, try again. After EX_IOERR `fd` must not be synchronised again: the
 * kernel has forgotten what it could not write. */
int spool_dir_seal(const struct spool_dir *dir, int fd, const char *name);

/* Seal the whole lines of what a killed writer of the same name left in DIR/tmp/WRITER; a torn
 * tail is cut off, and logged. Files that are not segments are left alone. Return 0 or
 * EX_IOERR. */
int spool_dir_recover(struct spool_dir *dir);

#endif
