/* Keeping segments, compressed with zstd, by a thread of its own: several at a time, because making
 * files durable together takes hardly longer than one. */
#ifndef WD_DRAIN_KEEP_H
#define WD_DRAIN_KEEP_H

#include "common/spool/reader.h"

#include <pthread.h>
#include <stdatomic.h>

enum {
	KEEP_JOBS_MAX = 64,
};

struct keep_job {
	char name[SEGMENT_NAME_SIZE];
	int segment_fd, kept_fd; /* -1: not open */
	int error;               /* 0, or an errno */
};

struct keep {
	const char *path; /* the folder; not owned */
	int folder_fd;    /* -1: nothing is kept */
	int event_fd;     /* readable when all jobs are done */
	bool running;
	pthread_t thread;
	atomic_bool cancelled;

	/* The thread has them while `running`. */
	struct keep_job jobs[KEEP_JOBS_MAX];
	size_t count;
};

/* Open the folder `path`, and create it if it is missing; NULL: nothing will be kept. Return 0,
 * EX_IOERR or EX_OSERR. */
int keep_open(struct keep *keep, const char *path);

/* End running jobs early, with ECANCELED, and close everything. */
void keep_close(struct keep *keep);

/* Add a job: to keep the open segment as PATH/NAME.zst. Owns `fd`. Nothing may be running, and
 * there must be room. */
void keep_add(struct keep *keep, const char *name, int fd);

/* Begin with the jobs that were added. Return 0 or an errno; then there are none any more. */
int keep_start(struct keep *keep);

/* Whether the jobs are done; if so, `jobs` has their outcomes until the next keep_add(). Does not
 * wait. */
bool keep_is_done(struct keep *keep);

/* Wait until the running jobs are done. */
void keep_wait(struct keep *keep);

/* Remove all jobs. */
void keep_clear(struct keep *keep);

#endif
