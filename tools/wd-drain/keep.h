/* Keeping a segment, compressed with zstd, by a thread of its own: one at a time. */
#ifndef WD_DRAIN_KEEP_H
#define WD_DRAIN_KEEP_H

#include "common/spool/reader.h"

#include <pthread.h>

struct keep {
	const char *path; /* the folder; not owned */
	int folder_fd;    /* -1: nothing is kept */
	int event_fd;     /* readable when a job is done */
	bool running;
	pthread_t thread;

	/* The job. The thread has it while `running`. */
	char name[SEGMENT_NAME_SIZE];
	int segment_fd;
	int error; /* 0, or an errno */
};

/* Open the folder `path`, and create it if it is missing; NULL: nothing will be kept. Return 0,
 * EX_IOERR or EX_OSERR. */
int keep_open(struct keep *keep, const char *path);

/* Wait for a running job and close everything. */
void keep_close(struct keep *keep);

/* Begin to keep the open segment as PATH/NAME.zst; closes `fd`. Nothing may be running. Return 0
 * or an errno. */
int keep_start(struct keep *keep, const char *name, int fd);

/* Whether the job is done; if so its outcome is in `keep->error`. Does not wait. */
bool keep_is_done(struct keep *keep);

/* Wait until the running job is done. */
void keep_wait(struct keep *keep);

#endif
