/* Write a file that others may read at any time. */
#include "common/file/write_atomic.h"

#include "common/log/log.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <sysexits.h>
#include <unistd.h>

static int failed(int status, const char *what, const char *path)
{
	return fail(status, what, {"file", path}, LOG_ERRNO(errno));
}

static int write_durably(const char *name, struct buffer *content)
{
	int fd = open(name, O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC, 0644);

	if (fd < 0)
		return failed(EX_CANTCREAT, "cannot write", name);
	int status = buffer_write(content, fd, name);
	if (!status && fsync(fd))
		status = failed(EX_IOERR, "cannot write", name);
	if (close(fd) && !status)
		status = failed(EX_IOERR, "cannot write", name);
	return status;
}

int write_atomic(const char *path, struct buffer *content)
{
	char temporary[PATH_MAX];
	int status = 0;

	if (snprintf(temporary, sizeof(temporary), "%s.tmp", path) >= (int)sizeof(temporary)) {
		errno = ENAMETOOLONG;
		status = failed(EX_CANTCREAT, "cannot write", path);
	}
	if (!status)
		status = write_durably(temporary, content);
	if (!status && rename(temporary, path))
		status = failed(EX_CANTCREAT, "cannot replace", path);
	content->length = 0;
	return status;
}
