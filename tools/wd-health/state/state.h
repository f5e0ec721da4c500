/* The state file: what wd-health knows, for the next run and for --report and --check.
 *
 * One line of JSON about the whole, then one for each kit. It is replaced as a whole, so that it
 * can be read at any time. A file that is not complete, or not a state file, is renamed to
 * PATH.bad.
 *
 * The same state and the same lines give the same output: a program that may have to repeat a run
 * keeps a copy of the file and starts the repetition with it. */
#ifndef WD_HEALTH_STATE_H
#define WD_HEALTH_STATE_H

#include "tools/wd-health/fleet/health.h"

/* A kit without any reply, good or bad, for this long before the latest line is dropped:
 * unreachable kits are polled too, so it is no longer configured. */
#define STATE_FORGET_US CLOCK_DAY_US

/* Call once, before the others. */
void state_open(void);

/* Read the file into an initialised `health`. If there is no file, or an unusable one, which is
 * logged and renamed, it stays empty. Return 0, or EX_NOINPUT if the file cannot be read. */
int state_read(const char *path, struct health *health);

/* The same for --report and --check: the file is not renamed. Without a file return EX_NOINPUT,
 * with an unusable one EX_DATAERR. `*written` is when it was written, by the wall clock. */
int state_look(const char *path, struct health *health, clock_us *written);

/* Convert to the file's text and back. Return false, with `health` (initialised) in any state, for
 * text that is not a complete state file. */
void state_format(struct buffer *out, const struct health *health);
bool state_parse(struct span text, struct health *health);

/* Write the file; `scratch` is empty before and after. Return 0 or an exit status. */
int state_write(const char *path, const struct health *health, struct buffer *scratch);

#endif
