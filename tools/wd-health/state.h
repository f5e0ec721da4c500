/* The state file: what wd-health knows, for the next run and for those who ask.
 *
 * One line of JSON about the whole, then one a kit. It is replaced as a whole, so that it can be
 * read at any time. A file that is none of ours, or torn, is set aside as PATH.bad.
 *
 * Runs that are repeated: when what follows in the pipe fails, a service runs the same lines again,
 * and the second run must say what the first one said, or it would be lost. So each run keeps the
 * state that it began with, as PATH.before, and notes which reply it began with; a run that begins
 * with the same reply begins with the same state. */
#ifndef WD_HEALTH_STATE_H
#define WD_HEALTH_STATE_H

#include "tools/wd-health/health.h"

/* A kit without any reply, good or bad, for so long before the state was written is not remembered:
 * the poller asks dead kits, too, so it is no longer configured. */
#define STATE_FORGET_US CLOCK_DAY_US

struct state {
	const char *path;
	uint64_t run;     /* which run wrote it, counted from 1; 0: none was found */
	clock_us written; /* by the wall clock, when */
	char first_reply[sizeof(((struct health *)0)->first_reply)]; /* which that run began with */
};

/* To be called once, before the others. */
void state_open(void);

/* Reads the file into an initialised `health`, and `state` (but its path) with it. Where there is
 * no such file, or none that can be used, which is logged and set aside, `health` stays empty and
 * `run` is 0. Returns 0, EX_NOINPUT where it cannot be read, or EX_OSERR. */
int state_read(struct state *state, const char *path, struct health *health);

/* The same for those who only look: the file stays where it is. That there is none is EX_NOINPUT,
 * one that cannot be used is EX_DATAERR. */
int state_look(struct state *state, const char *path, struct health *health);

/* Writes the file, as `run`. Returns 0 or an exit status. */
int state_write(const struct state *state, const struct health *health, struct buffer *scratch);

/* For a run that has read the state and now sees its first reply: begins with the state before, if
 * the run that wrote it began with the same, and makes sure of that for the next run. From here on
 * `state` is that of this run. Returns 0 or an exit status. */
int state_begin(struct state *state, struct health *health);

#endif
