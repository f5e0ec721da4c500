/* The simulated kits over HTTP. */
#include "tools/wd-sim/server.h"

#include "common/log.h"
#include "common/stop.h"
#include "tools/wd-sim/listen.h"
#include "tools/wd-sim/served.h"

#include <errno.h>
#include <microhttpd.h>
#include <poll.h>
#include <stdlib.h>
#include <sysexits.h>
#include <time.h>
#include <unistd.h>

/* What a kit that hosts DragonSync calls itself. */
#define SERVER_HEADER "BaseHTTP/0.6 Python/3.11.2"

/* Descriptors that are not connections: standard ones, listening, epoll, signal pipe, spare. */
#define OTHER_DESCRIPTORS 16

struct server {
	const struct server_options *options;
	struct MHD_Daemon *daemon;
	int epoll_fd;
	struct served served;
};

static void add_date(struct MHD_Response *response, clock_us now)
{
	time_t seconds = (time_t)(now / CLOCK_SECOND_US);
	struct tm parts;
	char text[40];

	/* The locale is "C": setlocale() was never called. */
	gmtime_r(&seconds, &parts);
	strftime(text, sizeof(text), "%a, %d %b %Y %H:%M:%S GMT", &parts);
	MHD_add_response_header(response, MHD_HTTP_HEADER_DATE, text);
}

/* Takes over the body's memory. */
static enum MHD_Result answer(const struct server *server, struct MHD_Connection *connection,
	unsigned http_status, struct buffer *body, clock_us now)
{
	struct MHD_Response *response;
	enum MHD_Result result;

	if (body->failed) {
		buffer_release(body);
		return MHD_NO;
	}
	response = MHD_create_response_from_buffer(body->length, body->data, MHD_RESPMEM_MUST_FREE);
	if (!response) {
		buffer_release(body);
		return MHD_NO;
	}
	MHD_add_response_header(response, MHD_HTTP_HEADER_SERVER, SERVER_HEADER);
	MHD_add_response_header(response, MHD_HTTP_HEADER_CONTENT_TYPE, "application/json");
	add_date(response, now);
	if (!server->options->keep_alive)
		MHD_set_response_options(response, MHD_RF_HTTP_VERSION_1_0_RESPONSE, MHD_RO_END);
	result = MHD_queue_response(connection, http_status, response);
	MHD_destroy_response(response);
	return result;
}

static enum MHD_Result handle(void *self, struct MHD_Connection *connection, const char *url,
	const char *method, const char *version, const char *upload, size_t *upload_size,
	void **context)
{
	struct server *server = self;
	clock_us now = clock_wall_us() + server->options->clock_skew;
	struct buffer body = {0};
	enum endpoint endpoint;
	unsigned kit;

	(void)version, (void)upload, (void)upload_size, (void)context;
	if (strcmp(method, MHD_HTTP_METHOD_GET) != 0)
		return MHD_NO;
	if (!document_find(url, server->options->world.kits, &kit, &endpoint)) {
		server->served.not_found++;
		buffer_add_text(&body, "{\"error\": \"not found\"}");
		return answer(server, connection, MHD_HTTP_NOT_FOUND, &body, now);
	}
	server->served.replies[endpoint]++;
	document_put(&body, &server->options->world, kit, endpoint, now);
	return answer(server, connection, MHD_HTTP_OK, &body, now);
}

static int start(struct server *server, int listen_fd)
{
	long descriptors = sysconf(_SC_OPEN_MAX);
	unsigned limit = descriptors > 2 * OTHER_DESCRIPTORS
				 ? (unsigned)(descriptors - OTHER_DESCRIPTORS)
				 : OTHER_DESCRIPTORS;
	const union MHD_DaemonInfo *info;

	server->daemon = MHD_start_daemon(MHD_USE_EPOLL | MHD_USE_SUPPRESS_DATE_NO_CLOCK, 0, NULL,
		NULL, handle, server, MHD_OPTION_LISTEN_SOCKET, listen_fd,
		MHD_OPTION_CONNECTION_LIMIT, limit, MHD_OPTION_CONNECTION_TIMEOUT, 60u,
		MHD_OPTION_END);
	if (!server->daemon) {
		close(listen_fd);
		return fail(EX_OSERR, "cannot start the HTTP server", {"reason", strerror(errno)});
	}
	info = MHD_get_daemon_info(server->daemon, MHD_DAEMON_INFO_EPOLL_FD);
	server->epoll_fd = info ? info->epoll_fd : -1;
	if (server->epoll_fd < 0)
		return fail(EX_SOFTWARE, "the HTTP server has no epoll descriptor");
	return 0;
}

static int patience_ms(struct MHD_Daemon *daemon)
{
	MHD_UNSIGNED_LONG_LONG timeout_ms;

	if (MHD_get_timeout(daemon, &timeout_ms) != MHD_YES)
		return -1;
	return timeout_ms < 60000 ? (int)timeout_ms : 60000;
}

static int serve(struct server *server)
{
	struct pollfd watched[] = {
		{.fd = server->epoll_fd, .events = POLLIN},
		{.fd = stop_fd(), .events = POLLIN},
	};

	while (!stop_was_asked()) {
		if (poll(watched, 2, patience_ms(server->daemon)) < 0 && errno != EINTR)
			return fail(EX_OSERR, "cannot wait", {"reason", strerror(errno)});
		MHD_run(server->daemon);
	}
	return 0;
}

int server_run(int listen_fd, unsigned port, const struct server_options *options)
{
	struct server server = {.options = options};
	int status = start(&server, listen_fd);

	if (!status)
		status = listen_announce(port);
	if (!status)
		status = serve(&server);
	if (server.daemon)
		MHD_stop_daemon(server.daemon);
	served_report(&server.served);
	return status;
}
