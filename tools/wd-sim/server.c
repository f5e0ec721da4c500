#include "tools/wd-sim/server.h"

#include "common/base/xalloc.h"
#include "common/log/log.h"
#include "common/process/signals.h"
#include "tools/wd-sim/listen.h"
#include "tools/wd-sim/publisher.h"
#include "tools/wd-sim/stats.h"

#include <errno.h>
#include <microhttpd.h>
#include <poll.h>
#include <stdlib.h>
#include <sysexits.h>
#include <time.h>
#include <unistd.h>

/* The Server header of DragonSync. */
#define SERVER_HEADER "BaseHTTP/0.6 Python/3.11.2"

/* Descriptors that are not connections: standard streams, listening, epoll, signal pipe, spare. */
#define OTHER_DESCRIPTORS 16

struct server {
	const struct server_options *options;
	struct MHD_Daemon *daemon;
	int epoll_fd;
	struct publisher *publisher; /* NULL: no MQTT */
	struct stats stats;
	uint64_t requests;
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

struct sim_reply {
	unsigned http_status;
	const char *header, *header_value; /* an additional header, or NULL */
	struct buffer body;
};

/* Create a response that owns the memory of the body. */
static struct MHD_Response *response_from(struct buffer *body)
{
	struct MHD_Response *response = NULL;

	if (!body->failed)
		response = MHD_create_response_from_buffer(
			body->length, body->data, MHD_RESPMEM_MUST_FREE);
	if (!response)
		buffer_release(body);
	return response;
}

static enum MHD_Result answer(const struct server *server, struct MHD_Connection *connection,
	struct sim_reply *reply, clock_us now)
{
	struct MHD_Response *response = response_from(&reply->body);
	enum MHD_Result result;

	if (!response)
		return MHD_NO;
	MHD_add_response_header(response, MHD_HTTP_HEADER_SERVER, SERVER_HEADER);
	MHD_add_response_header(response, MHD_HTTP_HEADER_CONTENT_TYPE, "application/json");
	if (reply->header)
		MHD_add_response_header(response, reply->header, reply->header_value);
	add_date(response, now);
	if (!server->options->keep_alive)
		MHD_set_response_options(response, MHD_RF_HTTP_VERSION_1_0_RESPONSE, MHD_RO_END);
	result = MHD_queue_response(connection, reply->http_status, response);
	MHD_destroy_response(response);
	return result;
}

static void set_error(struct sim_reply *reply, unsigned http_status, const char *error)
{
	reply->http_status = http_status;
	buffer_printf(&reply->body, "{\"error\": \"%s\"}", error);
}

/* Compose the document, faulty or not. HTTP status 0 means: close without a reply. */
static void compose(struct server *server, unsigned kit, enum endpoint endpoint, clock_us now,
	struct sim_reply *reply)
{
	const struct server_options *options = server->options;
	const struct fault_case *fault = fault_draw(
		options->faults, options->fault_count, options->world.seed, server->requests++);

	server->stats.replies[endpoint]++;
	reply->http_status = MHD_HTTP_OK;
	document_put(&reply->body, &options->world, kit, endpoint, now);
	if (!fault)
		return;
	reply->http_status = fault->http_status;
	reply->header = fault->header;
	reply->header_value = fault->header_value;
	if (fault->http_status)
		fault_apply(fault, &reply->body);
}

static enum MHD_Result handle(void *self, struct MHD_Connection *connection, const char *url,
	const char *method, const char *version, const char *upload, size_t *upload_size,
	void **context)
{
	struct server *server = self;
	clock_us now = clock_wall_us() + server->options->clock_skew;
	struct sim_reply reply = {0};
	enum endpoint endpoint;
	unsigned kit;

	(void)version, (void)upload, (void)upload_size;
	/* MHD closes the connection if a reply is queued when only the headers have arrived. */
	if (!*context) {
		*context = server;
		return MHD_YES;
	}
	if (strcmp(method, MHD_HTTP_METHOD_GET) != 0) {
		set_error(&reply, MHD_HTTP_NOT_IMPLEMENTED, "unsupported method");
	} else if (!document_find(url, server->options->world.kits, &kit, &endpoint)) {
		server->stats.not_found++;
		set_error(&reply, MHD_HTTP_NOT_FOUND, "not found");
	} else {
		compose(server, kit, endpoint, now, &reply);
	}
	if (reply.http_status)
		return answer(server, connection, &reply, now);
	buffer_release(&reply.body);
	return MHD_NO;
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
	if (!server->daemon)
		return fail(EX_OSERR, "cannot start the HTTP server", LOG_ERRNO(errno));
	info = MHD_get_daemon_info(server->daemon, MHD_DAEMON_INFO_EPOLL_FD);
	server->epoll_fd = info ? info->epoll_fd : -1;
	if (server->epoll_fd < 0)
		return fail(EX_SOFTWARE, "cannot wait for requests with epoll",
			{"library", "libmicrohttpd"});
	return 0;
}

/* Return the time until the daemon or the publisher needs to run; -1 if only events matter. */
static int timeout_ms(const struct server *server)
{
	MHD_UNSIGNED_LONG_LONG daemon_ms;
	int wait_ms = -1;

	if (MHD_get_timeout(server->daemon, &daemon_ms) == MHD_YES)
		wait_ms = daemon_ms < 60000 ? (int)daemon_ms : 60000;
	if (server->publisher) {
		int publisher_ms = publisher_timeout_ms(server->publisher);
		if (wait_ms < 0 || publisher_ms < wait_ms)
			wait_ms = publisher_ms;
	}
	return wait_ms;
}

enum {
	POLL_DAEMON,
	POLL_SIGNALS,
	POLL_KITS
};

static int serve(struct server *server)
{
	nfds_t count = POLL_KITS + (server->publisher ? server->options->world.kits : 0);
	struct pollfd *pollfds = xcalloc(count, sizeof(*pollfds));
	int status = 0;

	pollfds[POLL_DAEMON] = (struct pollfd){.fd = server->epoll_fd, .events = POLLIN};
	pollfds[POLL_SIGNALS] = (struct pollfd){.fd = signals_fd(), .events = POLLIN};
	while (!status && !signal_is_stop(signals_next())) {
		if (server->publisher)
			publisher_prepare_poll(server->publisher, pollfds + POLL_KITS);
		int ready = poll(pollfds, count, timeout_ms(server));
		if (ready < 0 && errno != EINTR)
			status = fail(EX_OSERR, "cannot wait", LOG_ERRNO(errno));
		MHD_run(server->daemon);
		if (server->publisher && ready >= 0)
			publisher_handle_events(server->publisher, pollfds + POLL_KITS);
	}
	free(pollfds);
	return status;
}

int server_run(int listen_fd, unsigned port, const struct server_options *options)
{
	struct server server = {.options = options};
	int status = start(&server, listen_fd);

	if (!status && options->mqtt_url)
		status = publisher_open(
			&server.publisher, options->mqtt_url, &options->world, options->clock_skew);
	if (!status)
		status = listen_announce(port);
	bool serves = !status;
	if (serves)
		status = serve(&server);
	publisher_close(server.publisher);
	if (server.daemon)
		MHD_stop_daemon(server.daemon);
	if (serves)
		stats_report(&server.stats);
	return status;
}
