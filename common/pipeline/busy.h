/* Busy lines: while a sink waits for its database or broker, a thread reports this to the source,
 * which then does not take the missing acknowledgement for a hang. */
#ifndef WD_PIPELINE_BUSY_H
#define WD_PIPELINE_BUSY_H

#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>

/* The reasons that a busy line gives. */
#define BUSY_STATEMENT "statement" /* a statement runs, or waits for a lock */
#define BUSY_DATABASE  "database"  /* unavailable: waiting before the next attempt */
#define BUSY_BROKER    "broker"    /* it has not confirmed everything */

struct busy {
	int fd; /* where busy lines go */
	pthread_t thread;
	bool running;
	pthread_mutex_t mutex;
	pthread_cond_t changed;

	/* Protected by the mutex. */
	const char *reason; /* NULL: not waiting */
	int64_t since_us;   /* when waiting began, wall clock */
	int64_t next_us;    /* when the next line is to be written, monotonic clock */
	bool ending;
};

/* Start the thread. Return 0 or EX_OSERR. */
int busy_open(struct busy *busy, int fd);
/* Also for a zero-initialised busy, on which all other functions do nothing. */
void busy_close(struct busy *busy);

/* Waiting begins, or goes on for another reason. `reason` is a static text. */
void busy_begin(struct busy *busy, const char *reason);
void busy_end(struct busy *busy);

#endif
