/* The HTTP server of the live map. It runs inside the loop of the filter: server_run() serves what
 * is ready and never blocks. */
#ifndef WD_SERVE_SERVER_H
#define WD_SERVE_SERVER_H

#include "common/map/map_page.h"
#include "tools/wd-serve/access.h"
#include "tools/wd-serve/connection.h"
#include "tools/wd-serve/live.h"
#include "tools/wd-serve/stream.h"
#include "tools/wd-serve/tls.h"

struct serve_options {
	const char *listen;               /* ADDRESS:PORT or [ADDRESS]:PORT */
	bool insecure;                    /* allow other than loopback addresses, without TLS */
	const char *cert_file, *key_file; /* NULL: HTTP */
	const char *token_file;
	const struct opt_list *hosts;
	struct map_page page;
};

struct serve_server {
	const struct serve_options *options;
	int listen_fd;
	struct MHD_Daemon *daemon; /* NULL: not running */
	struct connections connections;
	struct access access;
	struct tls tls;
	struct streams streams;
	struct live *live;
	struct buffer page;
	clock_us sent_at, kits_at, expired_at; /* monotonic */
};

/* Listen and log the URL. Return 0, EX_USAGE, EX_UNAVAILABLE, EX_CONFIG, or a status of
 * access_open() or tls_read(). */
int server_open(
	struct serve_server *server, struct live *live, const struct serve_options *options);

/* Serve, and send what has changed to the browsers several times per second. Call it again when
 * server_fd() is readable, at the latest after server_timeout_ms(). */
void server_run(struct serve_server *server);
int server_fd(const struct serve_server *server);
int server_timeout_ms(const struct serve_server *server);

/* Read the certificate and the key again; if they cannot be used, keep the current ones. Browsers
 * reconnect. Return 0, or EX_CONFIG if the server does not run anymore. */
int server_reload(struct serve_server *server);

void server_close(struct serve_server *server);

#endif
