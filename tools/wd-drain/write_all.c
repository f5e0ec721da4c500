#include "tools/wd-drain/write_all.h"

#include <errno.h>
#include <unistd.h>

int write_all(int fd, struct span bytes)
{
	for (size_t at = 0; at < bytes.length;) {
		ssize_t n = write(fd, bytes.data + at, bytes.length - at);
		if (n < 0 && errno != EINTR)
			return errno;
		if (n > 0)
			at += (size_t)n;
	}
	return 0;
}
