#include "tools/wd-serve/connection.h"

#include "common/base/xalloc.h"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdlib.h>
#include <sys/socket.h>

/* The most that the kernel holds back of a stream. It otherwise holds megabytes, and takes more only
 * after a third of that: a slow browser would then count as idle. */
#define UNSENT_MAX (128 << 10)

struct serve_connection {
	struct serve_connection *next;
	struct MHD_Connection *connection;
	clock_us deadline; /* monotonic */
};

void connection_notify(void *self, struct MHD_Connection *connection, void **context,
	enum MHD_ConnectionNotificationCode code)
{
	struct connections *connections = self;

	if (code == MHD_CONNECTION_NOTIFY_STARTED) {
		struct serve_connection *opened = xcalloc(1, sizeof(*opened));
		opened->next = connections->first;
		opened->connection = connection;
		opened->deadline = clock_mono_us() + CONNECTION_HEADERS_MAX;
		connections->first = *context = opened;
		return;
	}
	struct serve_connection **link = &connections->first;
	while (*link != *context)
		link = &(*link)->next;
	*link = (*link)->next;
	free(*context);
	*context = NULL;
}

static int socket_of(struct MHD_Connection *connection)
{
	return MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CONNECTION_FD)->connect_fd;
}

static void set_deadline(struct MHD_Connection *connection, clock_us deadline)
{
	struct serve_connection *open =
		MHD_get_connection_info(connection, MHD_CONNECTION_INFO_SOCKET_CONTEXT)
			->socket_context;

	open->deadline = deadline;
}

void connection_begin_reply(struct MHD_Connection *connection)
{
	set_deadline(connection, clock_mono_us() + CONNECTION_REPLY_MAX);
}

void connection_begin_stream(struct MHD_Connection *connection)
{
	const int unsent_max = UNSENT_MAX;

	set_deadline(connection, INT64_MAX);
	(void)setsockopt(socket_of(connection), IPPROTO_TCP, TCP_NOTSENT_LOWAT, &unsent_max,
		sizeof(unsent_max));
}

void connection_end_reply(struct MHD_Connection *connection)
{
	set_deadline(connection, clock_mono_us() + CONNECTION_HEADERS_MAX);
}

void connections_expire(struct connections *connections, clock_us now)
{
	for (struct serve_connection *open = connections->first; open; open = open->next) {
		if (open->deadline > now)
			continue;
		/* The daemon reads the end and closes it. */
		shutdown(socket_of(open->connection), SHUT_RDWR);
		open->deadline = INT64_MAX;
		connections->expired++;
	}
}
