/* The state file: what wd-health knows, for the next run and for those who ask.
 *
 * One line of JSON about the whole, then one a kit. It is replaced as a whole, so that it can be
 * read at any time. A file that is none of ours, or torn, is set aside as PATH.bad.
 *
 * Whoever may have to repeat a run, because what follows in the pipe has failed, keeps a copy of
 * the file and begins the repetition with it: the same state and the same lines say the same. */
#ifndef WD_HEALTH_STATE_H
#define WD_HEALTH_STATE_H

#include "tools/wd-health/health.h"

/* A kit without any reply, good or bad, for so long before the state was written is not remembered:
 * the poller asks dead kits, too, so it is no longer configured. */
#define STATE_FORGET_US CLOCK_DAY_US

/* To be called once, before the others. */
void state_open(void);

/* Reads the file into an initialised `health`. Where there is no such file, or none that can be
 * used, which is logged and set aside, it stays empty. Returns 0, EX_NOINPUT where the file cannot
 * be read, or EX_OSERR. */
int state_read(const char *path, struct health *health);

/* The same for those who only look: the file stays where it is. That there is none is EX_NOINPUT,
 * one that cannot be used is EX_DATAERR. `*written` is when it was written, by the wall clock. */
int state_look(const char *path, struct health *health, clock_us *written);

/* The file's text, and back. False, with `health` (initialised) in any state, for text that is not
 * a whole state file. */
void state_format(struct buffer *out, const struct health *health);
bool state_parse(struct span text, struct health *health);

/* Writes the file; `scratch` is empty before and after. Returns 0 or an exit status. */
int state_write(const char *path, const struct health *health, struct buffer *scratch);

#endif
