/* Serves a recording. */
#include "tools/wd-sim/replay.h"

#include "common/array.h"
#include "common/log.h"
#include "common/signals.h"
#include "tools/wd-sim/listen.h"
#include "tools/wd-sim/served.h"

#include <errno.h>
#include <poll.h>
#include <sys/socket.h>
#include <sysexits.h>
#include <unistd.h>

#define CLIENTS_MAX 64
#define REQUEST_MAX 8192

/* One request each, then the connection is closed, as a real kit does. */
struct client {
	int fd; /* -1: nobody */
	char request[REQUEST_MAX];
	size_t length;
	struct span rest; /* of the reply; `at` NULL while the request is read */
};

struct replay {
	struct recording *recording;
	struct served served;
	bool said_over;
	struct client clients[CLIENTS_MAX];
};

static void leave(struct client *client)
{
	close(client->fd);
	*client = (struct client){.fd = -1};
}

static void say_when_over(struct replay *replay)
{
	if (replay->said_over || !recording_over(replay->recording))
		return;
	replay->said_over = true;
	log_info("the recording is over: from now on the answer is 503, Retry-After: 300");
}

static struct span choose(struct replay *replay, struct client *client)
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
		replay->served.not_found++;
		return SPAN(not_found);
	}
	replay->served.replies[endpoint]++;
	return recording_next(replay->recording, endpoint);
}

static void listen_to(struct replay *replay, struct client *client)
{
	ssize_t got = recv(client->fd, client->request + client->length,
		sizeof(client->request) - 1 - client->length, MSG_DONTWAIT);

	if (got < 0 && (errno == EAGAIN || errno == EINTR))
		return;
	if (got <= 0) {
		leave(client);
		return;
	}
	client->length += (size_t)got;
	client->request[client->length] = '\0';
	if (strstr(client->request, "\r\n\r\n") || client->length == sizeof(client->request) - 1)
		client->rest = choose(replay, client);
}

static void talk_to(struct client *client)
{
	ssize_t sent = send(client->fd, client->rest.data, client->rest.length, MSG_DONTWAIT);

	if (sent < 0 && (errno == EAGAIN || errno == EINTR))
		return;
	if (sent < 0 || (size_t)sent == client->rest.length) {
		leave(client);
		return;
	}
	client->rest.data += sent;
	client->rest.length -= (size_t)sent;
}

static struct client *free_client(struct replay *replay)
{
	for (size_t i = 0; i < CLIENTS_MAX; i++) {
		if (replay->clients[i].fd < 0)
			return &replay->clients[i];
	}
	return NULL;
}

static void accept_from(struct replay *replay, int listen_fd)
{
	struct client *client = free_client(replay);

	if (client)
		client->fd = accept(listen_fd, NULL, NULL);
}

enum {
	WATCH_STOP,
	WATCH_LISTEN,
	WATCH_CLIENTS,
	WATCH_COUNT = WATCH_CLIENTS + CLIENTS_MAX
};

/* A full house leaves new callers in the kernel's queue. */
static void watch(struct replay *replay, int listen_fd, struct pollfd *watched)
{
	watched[WATCH_STOP] = (struct pollfd){.fd = signals_fd(), .events = POLLIN};
	watched[WATCH_LISTEN] =
		(struct pollfd){.fd = free_client(replay) ? listen_fd : -1, .events = POLLIN};
	for (size_t i = 0; i < CLIENTS_MAX; i++) {
		const struct client *client = &replay->clients[i];
		watched[WATCH_CLIENTS + i] = (struct pollfd){
			.fd = client->fd, .events = client->rest.data ? POLLOUT : POLLIN};
	}
}

static void attend(struct replay *replay, int listen_fd, const struct pollfd *watched)
{
	for (size_t i = 0; i < CLIENTS_MAX; i++) {
		struct client *client = &replay->clients[i];
		if (watched[WATCH_CLIENTS + i].revents == 0)
			continue;
		if (!client->rest.data)
			listen_to(replay, client);
		if (client->rest.data)
			talk_to(client);
	}
	if (watched[WATCH_LISTEN].revents)
		accept_from(replay, listen_fd);
	say_when_over(replay);
}

static int serve(struct replay *replay, int listen_fd)
{
	struct pollfd watched[WATCH_COUNT];

	while (!signal_is_stop(signals_next())) {
		watch(replay, listen_fd, watched);
		if (poll(watched, ARRAY_SIZE(watched), -1) < 0 && errno != EINTR)
			return fail(EX_OSERR, "cannot wait", {"reason", strerror(errno)});
		attend(replay, listen_fd, watched);
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
			leave(&replay.clients[i]);
	}
	close(listen_fd);
	served_report(&replay.served);
	return status;
}
