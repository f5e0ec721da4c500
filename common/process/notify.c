#include "common/process/notify.h"

#include "common/log/log.h"

#include <errno.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

static int send_to(const char *path, const char *state)
{
	struct sockaddr_un address = {.sun_family = AF_UNIX};
	size_t length = strlen(path);
	int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);

	if (fd < 0)
		return -1;
	memcpy(address.sun_path, path, length);
	/* Linux's abstract names begin with a NUL. */
	if (path[0] == '@')
		address.sun_path[0] = '\0';
	ssize_t sent = sendto(fd, state, strlen(state), MSG_NOSIGNAL, (struct sockaddr *)&address,
		(socklen_t)(offsetof(struct sockaddr_un, sun_path) + length));
	int error = errno;
	close(fd);
	errno = error;
	return sent < 0 ? -1 : 0;
}

void notify(const char *state)
{
	const char *path = getenv("NOTIFY_SOCKET");

	if (!path || !*path)
		return;
	if (strlen(path) >= sizeof(((struct sockaddr_un *)NULL)->sun_path))
		errno = ENAMETOOLONG;
	else if (send_to(path, state) == 0)
		return;
	log_warning("cannot notify the service manager", {"socket", path}, {"state", state},
		LOG_ERRNO(errno));
}

void notify_alive(int64_t now_us)
{
	static int64_t due_us = INT64_MIN;

	if (now_us < due_us)
		return;
	const char *interval_us = getenv("WATCHDOG_USEC");
	due_us = interval_us ? now_us + strtoll(interval_us, NULL, 10) / 4 : INT64_MAX;
	if (interval_us)
		notify("WATCHDOG=1");
}
