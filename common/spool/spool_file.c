/* A small file that a writer keeps in the directory of its spool. */
#include "common/spool/spool_file.h"

#include "common/log/log.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sysexits.h>
#include <unistd.h>

enum {
	NAME_SIZE = 64,
	READ_BYTES = 64 << 10
};

static int file_error(const char *message, const struct spool *spool, const char *name)
{
	return fail(
		EX_IOERR, message, {"spool", spool->dir.path}, {"file", name}, LOG_ERRNO(errno));
}

static int read_all(const struct spool *spool, const char *name, int fd, struct buffer *content)
{
	for (;;) {
		char *room = buffer_reserve(content, READ_BYTES);
		if (!room)
			return fail(EX_OSERR, "out of memory", {"file", name});
		ssize_t n = read(fd, room, READ_BYTES);
		if (n < 0 && errno != EINTR)
			return file_error("cannot read", spool, name);
		if (n == 0)
			return 0;
		content->length += n > 0 ? (size_t)n : 0;
	}
}

int spool_file_read(const struct spool *spool, const char *name, struct buffer *content)
{
	int fd = openat(spool->dir.fd, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);

	if (fd < 0)
		return errno == ENOENT ? 0 : file_error("cannot open", spool, name);
	int status = read_all(spool, name, fd, content);
	close(fd);
	return status;
}

static int write_durably(const struct spool *spool, const char *name, struct buffer *content)
{
	int fd = openat(
		spool->dir.fd, name, O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC, 0600);

	if (fd < 0)
		return file_error("cannot create", spool, name);
	int status = buffer_write(content, fd, name);
	if (!status && fsync(fd))
		status = file_error("cannot write", spool, name);
	close(fd);
	return status;
}

int spool_file_write(const struct spool *spool, const char *name, struct buffer *content)
{
	char temporary[NAME_SIZE];

	snprintf(temporary, sizeof(temporary), "%s.new", name);
	int status = write_durably(spool, temporary, content);
	if (!status && renameat(spool->dir.fd, temporary, spool->dir.fd, name))
		status = file_error("cannot replace", spool, name);
	content->length = 0;
	return status;
}

struct span spool_file_next_line(struct span *text)
{
	const char *newline = text->length ? memchr(text->data, '\n', text->length) : NULL;
	struct span line = {NULL, 0};

	if (newline)
		line = (struct span){text->data, (size_t)(newline - text->data)};
	text->data += newline ? line.length + 1 : text->length;
	text->length -= newline ? line.length + 1 : text->length;
	return line;
}
