/* Serves a recording. A plain socket server, because an HTTP library writes headers of its own. */
#ifndef WD_SIM_REPLAY
#define WD_SIM_REPLAY

#include "tools/wd-sim/recording.h"

/* Serves on the listening socket (which it takes over), at the root and under /kit-1, until a
 * signal asks to stop, then logs how often each endpoint was served. 0 or EX_OSERR. */
int replay_run(int listen_fd, unsigned port, struct recording *recording);

#endif
