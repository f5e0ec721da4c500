#include "tools/wd-serve/server.h"

#include "common/base/xalloc.h"
#include "common/log/log.h"
#include "tools/wd-serve/request.h"

#include <errno.h>
#include <fcntl.h>
#include <netdb.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sysexits.h>
#include <unistd.h>

#define SEND_INTERVAL   (200 * INT64_C(1000))
#define KITS_INTERVAL   (5 * CLOCK_SECOND_US)
#define PING_INTERVAL   (10 * CLOCK_SECOND_US)
#define CONNECTIONS_MAX 200u
#define IDLE_TIMEOUT_S  10u

static bool is_loopback(const struct sockaddr *address)
{
	if (address->sa_family == AF_INET) {
		const struct sockaddr_in *v4 = (const void *)address;
		return ntohl(v4->sin_addr.s_addr) >> 24 == 127;
	}
	const struct sockaddr_in6 *v6 = (const void *)address;
	return IN6_IS_ADDR_LOOPBACK(&v6->sin6_addr);
}

/* Split ADDRESS:PORT. Return false if it is not of this form. */
static bool split(const char *text, char *host, size_t size, const char **port)
{
	const char *colon = strrchr(text, ':');
	size_t length = colon ? (size_t)(colon - text) : 0;

	if (length > 2 && text[0] == '[' && text[length - 1] == ']') {
		text++;
		length -= 2;
	}
	if (length == 0 || length >= size || colon[1] == '\0')
		return false;
	memcpy(host, text, length);
	host[length] = '\0';
	*port = colon + 1;
	return true;
}

static int check_exposure(const struct serve_options *options, const struct sockaddr *address)
{
	if (is_loopback(address))
		return 0;
	if (!options->insecure && !options->cert_file)
		return fail(EX_USAGE, "this address is reachable from other machines",
			{"listen", options->listen}, {"hint", "--cert and --key, or --insecure"});
	if (!options->token_file)
		return fail(EX_USAGE, "an address that other machines reach requires --token-file",
			{"listen", options->listen});
	return 0;
}

static int open_socket(const struct serve_options *options, int *fd)
{
	const struct addrinfo hints = {
		.ai_socktype = SOCK_STREAM, .ai_flags = AI_NUMERICHOST | AI_NUMERICSERV};
	struct addrinfo *found = NULL;
	char host[64];
	const char *port;
	int on = 1;

	if (!split(options->listen, host, sizeof(host), &port) ||
		getaddrinfo(host, port, &hints, &found) != 0)
		return fail(EX_USAGE, "not an address to listen on", {"listen", options->listen},
			{"expected", "ADDRESS:PORT, as in 127.0.0.1:8090 or [::1]:8090"});
	int status = check_exposure(options, found->ai_addr);
	if (!status) {
		*fd = socket(found->ai_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
		if (*fd < 0 || setsockopt(*fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on)) ||
			bind(*fd, found->ai_addr, found->ai_addrlen) || listen(*fd, SOMAXCONN))
			status = fail(EX_UNAVAILABLE, "cannot listen", {"listen", options->listen},
				LOG_ERRNO(errno));
		if (status && *fd >= 0)
			close(*fd);
	}
	freeaddrinfo(found);
	return status;
}

static void log_url(int fd, bool is_tls)
{
	struct sockaddr_storage address;
	socklen_t length = sizeof(address);
	char host[64], port[8], url[96];

	if (getsockname(fd, (struct sockaddr *)&address, &length) ||
		getnameinfo((struct sockaddr *)&address, length, host, sizeof(host), port,
			sizeof(port), NI_NUMERICHOST | NI_NUMERICSERV))
		return;
	snprintf(url, sizeof(url), strchr(host, ':') ? "%s://[%s]:%s/" : "%s://%s:%s/",
		is_tls ? "https" : "http", host, port);
	log_info("serving the map", {"url", url});
}

/* Start the daemon on a copy of the listening socket, which it closes when it stops. Return whether
 * it runs. */
static bool start_daemon(struct serve_server *server)
{
	bool is_tls = server->tls.cert.length > 0;
	int fd = fcntl(server->listen_fd, F_DUPFD_CLOEXEC, 0);
	const struct MHD_OptionItem tls[] = {{MHD_OPTION_HTTPS_MEM_CERT, 0, server->tls.cert.data},
		{MHD_OPTION_HTTPS_MEM_KEY, 0, server->tls.key.data},
		{MHD_OPTION_HTTPS_PRIORITIES, 0,
			(void *)(uintptr_t) "NORMAL:-VERS-TLS1.0:-VERS-TLS1.1"},
		{MHD_OPTION_END, 0, NULL}};

	server->daemon = MHD_start_daemon(
		MHD_USE_EPOLL | MHD_ALLOW_SUSPEND_RESUME | (is_tls ? MHD_USE_TLS : 0u), 0, NULL,
		NULL, request_handle, server, MHD_OPTION_LISTEN_SOCKET, fd,
		MHD_OPTION_NOTIFY_COMPLETED, request_completed, NULL, MHD_OPTION_NOTIFY_CONNECTION,
		connection_notify, &server->connections, MHD_OPTION_CONNECTION_LIMIT,
		CONNECTIONS_MAX, MHD_OPTION_CONNECTION_TIMEOUT, IDLE_TIMEOUT_S, MHD_OPTION_ARRAY,
		is_tls ? tls : &tls[3], MHD_OPTION_END);
	return server->daemon;
}

static void stop_daemon(struct serve_server *server)
{
	if (!server->daemon)
		return;
	streams_close(&server->streams);
	MHD_run(server->daemon);
	MHD_stop_daemon(server->daemon);
	server->daemon = NULL;
}

static int fail_to_start(const struct serve_options *options)
{
	if (!options->cert_file)
		return fail(EX_UNAVAILABLE, "cannot start the HTTP server",
			{"library", "libmicrohttpd"});
	return fail(EX_CONFIG, "cannot serve HTTPS with this certificate and key",
		{"cert", options->cert_file}, {"key", options->key_file},
		{"hint", "they must belong together"});
}

int server_open(struct serve_server *server, struct live *live, const struct serve_options *options)
{
	*server = (struct serve_server){.live = live, .options = options, .listen_fd = -1};
	int status = access_open(&server->access, options->token_file, options->hosts);
	if (!status)
		status = tls_read(&server->tls, options->cert_file, options->key_file);
	if (!status)
		status = map_page_begin(&server->page, &options->page);
	map_page_end(&server->page, SPAN(""));
	if (!status)
		status = open_socket(options, &server->listen_fd);
	if (!status && !start_daemon(server))
		status = fail_to_start(options);
	if (!status)
		log_url(server->listen_fd, options->cert_file);
	return status;
}

static void swap_tls(struct serve_server *server, struct tls *tls)
{
	struct tls old = server->tls;

	server->tls = *tls;
	*tls = old;
}

/* Restart the daemon, because libmicrohttpd cannot change the certificate of a running one. */
static int restart_daemon(struct serve_server *server, struct tls *tls)
{
	stop_daemon(server);
	swap_tls(server, tls);
	if (start_daemon(server)) {
		log_info("certificate reloaded", {"cert", server->options->cert_file});
		return 0;
	}
	fail_to_start(server->options);
	swap_tls(server, tls);
	return start_daemon(server) ? 0 : fail_to_start(server->options);
}

int server_reload(struct serve_server *server)
{
	struct tls tls = {0};
	int status = 0;

	if (tls_read(&tls, server->options->cert_file, server->options->key_file))
		log_warning("reload failed: keeping the current certificate",
			{"cert", server->options->cert_file});
	else
		status = restart_daemon(server, &tls);
	tls_release(&tls);
	return status;
}

static void send_changes(struct serve_server *server, clock_us now)
{
	struct buffer event = {0};

	if (now - server->expired_at >= PING_INTERVAL) {
		live_expire(server->live);
		buffer_add_text(&event, ":\n\n"); /* a comment keeps connections open */
		server->expired_at = now;
	}
	live_put_changes(server->live, &event);
	if (now - server->kits_at >= KITS_INTERVAL) {
		live_put_kits(server->live, &event);
		server->kits_at = now;
	}
	if (event.length && !event.failed)
		streams_send(&server->streams, buffer_span(&event));
	buffer_release(&event);
}

int server_fd(const struct serve_server *server)
{
	return MHD_get_daemon_info(server->daemon, MHD_DAEMON_INFO_EPOLL_FD)->epoll_fd;
}

int server_timeout_ms(const struct serve_server *server)
{
	clock_us wait_us = server->sent_at + SEND_INTERVAL - clock_mono_us();
	int wait_ms = wait_us > 0 ? (int)(wait_us / 1000) + 1 : 0;
	MHD_UNSIGNED_LONG_LONG daemon_ms;

	if (MHD_get_timeout(server->daemon, &daemon_ms) == MHD_YES && daemon_ms < (unsigned)wait_ms)
		return (int)daemon_ms;
	return wait_ms;
}

void server_run(struct serve_server *server)
{
	clock_us now = clock_mono_us();

	if (now - server->sent_at >= SEND_INTERVAL) {
		send_changes(server, now);
		connections_expire(&server->connections, now);
		server->sent_at = now;
	}
	MHD_run(server->daemon);
}

void server_close(struct serve_server *server)
{
	stop_daemon(server);
	if (server->listen_fd >= 0)
		close(server->listen_fd);
	buffer_release(&server->page);
	tls_release(&server->tls);
}
