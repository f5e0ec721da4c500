/* The command line and the environment. */
#ifndef WD_DRAIN_OPTIONS_H
#define WD_DRAIN_OPTIONS_H

#include "tools/wd-drain/drain.h"

/* Read them into `drain->settings` and `drain->commands`, and check them. Return 0 or an exit
 * status; ends the process as opt_parse() does. */
int options_read(struct drain *drain, int argc, char **argv);

#endif
