/* The command line and the environment. */
#ifndef WD_DRAIN_OPTIONS_H
#define WD_DRAIN_OPTIONS_H

#include "tools/wd-drain/drain.h"

/* Reads them into `drain->settings` and `drain->commands`, and checks them. Returns 0 or an exit
 * status; ends the process as opt_parse() does. */
int options_read(struct drain *drain, int argc, char **argv);

#endif
