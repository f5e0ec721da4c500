/* The HTTP server of the live map. It runs inside the loop of the filter: server_run() serves what
 * is ready and never blocks. */
#ifndef WD_SERVE_SERVER_H
#define WD_SERVE_SERVER_H

#include "common/map/map_page.h"
#include "tools/wd-serve/access.h"
#include "tools/wd-serve/live.h"
#include "tools/wd-serve/stream.h"

struct serve_options {
	const char *listen; /* ADDRESS:PORT or [ADDRESS]:PORT */
	bool insecure;      /* allow other than loopback addresses, without TLS */
	const char *token_file;
	const struct opt_list *hosts;
	struct map_page page;
};

struct serve_server {
	struct MHD_Daemon *daemon;
	struct access access;
	struct streams streams;
	struct live *live;
	struct buffer page;
	clock_us sent_at, expired_at; /* monotonic */
};

/* Listen and log the URL. Return 0, EX_USAGE, EX_UNAVAILABLE, or a status of access_open(). */
int server_open(
	struct serve_server *server, struct live *live, const struct serve_options *options);

/* Serve, and send what has changed to the browsers several times per second. */
void server_run(struct serve_server *server);

void server_close(struct serve_server *server);

#endif
