/* The simulated kits over HTTP. */
#ifndef WD_SIM_SERVER_H
#define WD_SIM_SERVER_H

#include "tools/wd-sim/document.h"
#include "tools/wd-sim/fault.h"

struct server_options {
	struct world world;
	const struct fault *faults;
	size_t fault_count;
	bool keep_alive; /* HTTP/1.1 with keep-alive; otherwise HTTP/1.0 and closed, as kits do */
	const char *mqtt_url; /* NULL: HTTP only */
	clock_us clock_skew;  /* of the kits' clocks, positive: ahead */
};

/* Serve on the listening socket and close it, until SIGTERM or SIGINT, then log the number of
 * replies per endpoint. Return 0, EX_OSERR or EX_SOFTWARE. */
int server_run(int listen_fd, unsigned port, const struct server_options *options);

#endif
