#include "tools/wd-sim/replay.h"

#include "common/base/array.h"
#include "common/log/log.h"
#include "common/process/signals.h"
#include "tools/wd-sim/listen.h"
#include "tools/wd-sim/stats.h"

#include <errno.h>
#include <poll.h>
#include <sys/socket.h>
#include <sysexits.h>
#include <unistd.h>

#define CLIENTS_MAX 64
#define REQUEST_MAX 8192

/* One request per connection, as a real kit does. */
struct client {
	int fd; /* -1: unused */
	char request[REQUEST_MAX];
	size_t length;
	struct span rest; /* unsent part of the reply; `data` NULL while the request is read */
};

struct replay {
	struct recording *recording;
	struct stats stats;
	bool end_logged;
	struct client clients[CLIENTS_MAX];
};

static void client_close(struct client *client)
{
	close(client->fd);
	*client = (struct client){.fd = -1};
}

static void log_end(struct replay *replay)
{
	if (replay->end_logged || !recording_finished(replay->recording))
		return;
	replay->end_logged = true;
	log_info("recording finished: replying 503 with Retry-After: 300");
}

static struct span handle_request(struct replay *replay, struct client *client)
{
	static const char not_found[] = "HTTP/1.0 404 Not Found\r\n\r\n";
	char *path = client->request + 4, *end;
	enum endpoint endpoint;
	unsigned kit;

	client->request[client->length] = '\0';
	end = strchr(path, ' ');
	if (strncmp(client->request, "GET ", 4) != 0 || !end)
		return SPAN(not_found);
	*end = '\0';
	if (!document_find(path, 1, &kit, &endpoint)) {
		replay->stats.not_found++;
		return SPAN(not_found);
	}
	replay->stats.replies[endpoint]++;
	return recording_next(replay->recording, endpoint);
}

static void client_read(struct replay *replay, struct client *client)
{
	ssize_t got = recv(client->fd, client->request + client->length,
		sizeof(client->request) - 1 - client->length, MSG_DONTWAIT);

	if (got < 0 && (errno == EAGAIN || errno == EINTR))
		return;
	if (got <= 0) {
		client_close(client);
		return;
	}
	client->length += (size_t)got;
	client->request[client->length] = '\0';
	if (strstr(client->request, "\r\n\r\n") || client->length == sizeof(client->request) - 1)
		client->rest = handle_request(replay, client);
}

static void client_write(struct client *client)
{
	ssize_t sent = send(client->fd, client->rest.data, client->rest.length, MSG_DONTWAIT);

	if (sent < 0 && (errno == EAGAIN || errno == EINTR))
		return;
	if (sent < 0 || (size_t)sent == client->rest.length) {
		client_close(client);
		return;
	}
	client->rest.data += sent;
	client->rest.length -= (size_t)sent;
}

static struct client *find_free_client(struct replay *replay)
{
	for (size_t i = 0; i < CLIENTS_MAX; i++) {
		if (replay->clients[i].fd < 0)
			return &replay->clients[i];
	}
	return NULL;
}

static void accept_client(struct replay *replay, int listen_fd)
{
	struct client *client = find_free_client(replay);

	if (client)
		client->fd = accept(listen_fd, NULL, NULL);
}

enum {
	POLL_STOP,
	POLL_LISTEN,
	POLL_CLIENTS,
	POLL_COUNT = POLL_CLIENTS + CLIENTS_MAX
};

/* While all clients are in use, new connections wait in the backlog of the kernel. */
static void prepare_poll(struct replay *replay, int listen_fd, struct pollfd *pollfds)
{
	pollfds[POLL_STOP] = (struct pollfd){.fd = signals_fd(), .events = POLLIN};
	pollfds[POLL_LISTEN] =
		(struct pollfd){.fd = find_free_client(replay) ? listen_fd : -1, .events = POLLIN};
	for (size_t i = 0; i < CLIENTS_MAX; i++) {
		const struct client *client = &replay->clients[i];
		pollfds[POLL_CLIENTS + i] = (struct pollfd){
			.fd = client->fd, .events = client->rest.data ? POLLOUT : POLLIN};
	}
}

static void handle_events(struct replay *replay, int listen_fd, const struct pollfd *pollfds)
{
	for (size_t i = 0; i < CLIENTS_MAX; i++) {
		struct client *client = &replay->clients[i];
		if (pollfds[POLL_CLIENTS + i].revents == 0)
			continue;
		if (!client->rest.data)
			client_read(replay, client);
		if (client->rest.data)
			client_write(client);
	}
	if (pollfds[POLL_LISTEN].revents)
		accept_client(replay, listen_fd);
	log_end(replay);
}

static int serve(struct replay *replay, int listen_fd)
{
	struct pollfd pollfds[POLL_COUNT];

	while (!signal_is_stop(signals_next())) {
		prepare_poll(replay, listen_fd, pollfds);
		if (poll(pollfds, ARRAY_SIZE(pollfds), -1) < 0 && errno != EINTR)
			return fail(EX_OSERR, "cannot wait", LOG_ERRNO(errno));
		handle_events(replay, listen_fd, pollfds);
	}
	return 0;
}

int replay_run(int listen_fd, unsigned port, struct recording *recording)
{
	static struct replay replay;
	int status;

	replay = (struct replay){.recording = recording};
	for (size_t i = 0; i < CLIENTS_MAX; i++)
		replay.clients[i].fd = -1;
	status = listen_announce(port);
	if (!status)
		status = serve(&replay, listen_fd);
	for (size_t i = 0; i < CLIENTS_MAX; i++) {
		if (replay.clients[i].fd >= 0)
			client_close(&replay.clients[i]);
	}
	close(listen_fd);
	stats_report(&replay.stats);
	return status;
}
