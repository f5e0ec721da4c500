/* The state of a run, as a file of lines: what a later run has to know to go on as if there had
 * been no end. */
#ifndef WD_WATCH_STATE_H
#define WD_WATCH_STATE_H

#include "tools/wd-watch/engine/engine.h"

/* Append the state, one JSON object a line. */
void state_format(struct buffer *out, const struct engine *engine);

/* Restore a state into an engine that was just initialised. What belongs to rules or zones that
 * are not those of the engine (by their digest) is left out. False if `text` is not a whole
 * state. */
bool state_parse(struct span text, struct engine *engine);

/* Read the file `path`; a file that does not exist is an empty state. Return 0, EX_NOINPUT where
 * it cannot be read, or EX_DATAERR (logged) where it is not a whole state. */
int state_read(const char *path, struct engine *engine);

/* Replace the file `path`. Return 0, EX_CANTCREAT or EX_IOERR (logged). */
int state_write(const char *path, const struct engine *engine);

#endif
