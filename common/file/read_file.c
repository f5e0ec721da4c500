/* Read a whole file. */
#include "common/file/read_file.h"

#include "common/log/log.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <sysexits.h>
#include <unistd.h>

static int refuse(const char *path, const char *reason)
{
	return fail(EX_NOINPUT, "cannot read", {"file", path}, {"reason", reason});
}

static int cannot_read(const char *path)
{
	return fail(EX_NOINPUT, "cannot read", {"file", path}, LOG_ERRNO(errno));
}

static int read_all(int fd, const char *path, struct buffer *content, size_t size)
{
	ssize_t n = 1;

	while (n > 0) {
		char *at = buffer_reserve(content, size - content->length + 1);
		if (!at)
			return fail(EX_OSERR, "out of memory", {"file", path});
		n = read(fd, at, size - content->length + 1);
		if (n < 0 && errno != EINTR)
			return cannot_read(path);
		if (n > 0)
			content->length += (size_t)n;
		if (content->length > size)
			return refuse(path, "the file changes while it is read");
		n = n < 0 ? 1 : n;
	}
	return 0;
}

int read_file(const char *path, struct buffer *content, clock_us *written, bool *found)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	struct stat about;
	int status = 0;

	*found = fd >= 0;
	if (fd < 0)
		return errno == ENOENT ? 0 : cannot_read(path);
	if (fstat(fd, &about))
		status = cannot_read(path);
	else if (!S_ISREG(about.st_mode))
		status = refuse(path, "not a regular file");
	else if ((uint64_t)about.st_size > READ_FILE_MAX)
		status = refuse(path, "too large");
	else
		status = read_all(fd, path, content, (size_t)about.st_size);
	if (written)
		*written = (clock_us)about.st_mtim.tv_sec * CLOCK_SECOND_US +
			   about.st_mtim.tv_nsec / 1000;
	close(fd);
	return status;
}
