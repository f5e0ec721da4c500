/* Serve a recording. This is a plain socket server because an HTTP library adds its own headers. */
#ifndef WD_SIM_REPLAY_H
#define WD_SIM_REPLAY_H

#include "tools/wd-sim/recording.h"

/* Serve on the listening socket and close it, at the root and under /kit-1, until SIGTERM or
 * SIGINT, then log the number of replies per endpoint. Return 0 or EX_OSERR. */
int replay_run(int listen_fd, unsigned port, struct recording *recording);

#endif
