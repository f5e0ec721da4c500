#include "common/process/event.h"

#include "common/log/log.h"

#include <errno.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <sysexits.h>

int event_open(int *fd)
{
	*fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	return *fd >= 0 ? 0 : fail(EX_OSERR, "cannot create an event descriptor", LOG_ERRNO(errno));
}

void event_signal(int fd)
{
	if (eventfd_write(fd, 1) < 0)
		log_error("cannot wake the main thread", LOG_ERRNO(errno));
}

bool event_is_signaled(int fd)
{
	struct pollfd event = {.fd = fd, .events = POLLIN};

	return poll(&event, 1, 0) > 0;
}

bool event_take(int fd)
{
	eventfd_t count;

	return eventfd_read(fd, &count) == 0;
}
