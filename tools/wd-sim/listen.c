#include "tools/wd-sim/listen.h"

#include "common/base/buffer.h"
#include "common/log/log.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>
#include <sysexits.h>
#include <unistd.h>

static int listen_failed(int fd, unsigned port)
{
	int reason = errno;

	if (fd >= 0)
		close(fd);
	return fail(EX_UNAVAILABLE, "cannot listen", {"address", "127.0.0.1"},
		{"port", log_number(port).text}, LOG_ERRNO(reason));
}

int listen_open(int *fd, unsigned *port)
{
	struct sockaddr_in address = {
		.sin_family = AF_INET,
		.sin_port = htons((in_port_t)*port),
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK),
	};
	socklen_t length = sizeof(address);
	int on = 1;

	*fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (*fd < 0 || setsockopt(*fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on)) ||
		bind(*fd, (struct sockaddr *)&address, sizeof(address)) || listen(*fd, SOMAXCONN) ||
		getsockname(*fd, (struct sockaddr *)&address, &length))
		return listen_failed(*fd, *port);
	*port = ntohs(address.sin_port);
	return 0;
}

int listen_announce(unsigned port)
{
	struct buffer line = {0};
	int status;

	buffer_printf(&line, "listening on http://127.0.0.1:%u\n", port);
	status = buffer_write(&line, STDOUT_FILENO, "stdout");
	buffer_release(&line);
	return status;
}
