/* Lines from programs that connect to a UNIX socket, as wd-drain --copy does. */
#ifndef WD_SERVE_INPUT_H
#define WD_SERVE_INPUT_H

#include "common/lines/lines.h"

/* Listen on the socket `path` (mode 0660) and pass the lines of all connections to `handler` until
 * a signal asks to stop. A socket that a dead process left is replaced; another file is not. Return
 * 0, EX_USAGE (path too long), EX_CANTCREAT, EX_UNAVAILABLE (another process listens), EX_OSERR or
 * the status of a function. */
int input_run(const char *path, const struct line_handler *handler);

#endif
