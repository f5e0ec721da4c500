/* The simulated kits over HTTP. */
#ifndef WD_SIM_SERVER
#define WD_SIM_SERVER

#include "tools/wd-sim/document.h"
#include "tools/wd-sim/fault.h"

struct server_options {
	struct world world;
	const struct fault *faults;
	size_t fault_count;
	bool keep_alive; /* HTTP/1.1 and open connections; else HTTP/1.0 and closed, as kits do */
	clock_us clock_skew; /* how far the kits' clocks are ahead */
};

/* Serves on the listening socket (which it takes over) until a signal asks to stop, then logs how
 * often each endpoint was served. 0, EX_OSERR or EX_SOFTWARE. */
int server_run(int listen_fd, unsigned port, const struct server_options *options);

#endif
