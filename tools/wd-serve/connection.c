#include "tools/wd-serve/connection.h"

#include "common/base/xalloc.h"

#include <stdlib.h>
#include <sys/socket.h>

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
	set_deadline(connection, INT64_MAX);
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
		shutdown(
			MHD_get_connection_info(open->connection, MHD_CONNECTION_INFO_CONNECTION_FD)
				->connect_fd,
			SHUT_RDWR);
		open->deadline = INT64_MAX;
		connections->expired++;
	}
}
