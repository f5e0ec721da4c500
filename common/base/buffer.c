/* A growable buffer, and writing it to a descriptor. */
#include "common/base/buffer.h"

#include "common/log/log.h"
#include "common/process/signals.h"
#include "common/time/clock.h"

#include <errno.h>
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sysexits.h>
#include <unistd.h>

enum {
	CAPACITY_MIN = 4096
};

void buffer_release(struct buffer *buffer)
{
	free(buffer->data);
	*buffer = (struct buffer){0};
}

static bool enlarge(struct buffer *buffer, size_t more)
{
	size_t capacity = buffer->capacity ? buffer->capacity : CAPACITY_MIN;

	while (capacity - buffer->length < more) {
		if (capacity > SIZE_MAX / 2)
			return false;
		capacity *= 2;
	}
	char *data = realloc(buffer->data, capacity);
	if (!data)
		return false;
	buffer->data = data;
	buffer->capacity = capacity;
	return true;
}

char *buffer_grow(struct buffer *buffer, size_t more)
{
	if (buffer->failed)
		return NULL;
	if (!enlarge(buffer, more)) {
		buffer->failed = true;
		return NULL;
	}
	return buffer->data + buffer->length;
}

void buffer_add_text(struct buffer *buffer, const char *text)
{
	buffer_add(buffer, text, strlen(text));
}

void buffer_printf(struct buffer *buffer, const char *format, ...)
{
	va_list arguments;
	size_t room = buffer->data && !buffer->failed ? buffer->capacity - buffer->length : 0;

	/* Usually there is room already. */
	va_start(arguments, format);
	int length =
		vsnprintf(room ? buffer->data + buffer->length : NULL, room, format, arguments);
	va_end(arguments);
	if (length >= 0 && (size_t)length >= room) {
		char *at = buffer_reserve(buffer, (size_t)length + 1);
		if (!at)
			return;
		va_start(arguments, format);
		vsnprintf(at, (size_t)length + 1, format, arguments);
		va_end(arguments);
	}
	if (length > 0)
		buffer->length += (size_t)length;
}

/* After a request to stop: the maximum time for the rest of the output. */
#define STOP_WRITE_MS 2000

/* Wait up to `wait_ms` (-1: no limit) until `fd` is writable or failed; return false on timeout or
 * signal. */
static bool wait_writable(int fd, int wait_ms)
{
	struct pollfd writable = {.fd = fd, .events = POLLOUT};

	return poll(&writable, 1, wait_ms) > 0;
}

/* Report whether write() should be retried. Another process that shares the descriptor may have
 * made it non-blocking. */
static bool should_retry(int fd)
{
	if (errno == EAGAIN || errno == EWOULDBLOCK) {
		if (!stop_requested())
			wait_writable(fd, -1);
		return true;
	}
	return errno == EINTR;
}

/* Return how many of `length` bytes to write in one call; 0 if the time is up. After a request to
 * stop, write() must not block: up to PIPE_BUF bytes never do once poll() reports "writable". */
static size_t writable_bytes(int fd, size_t length, int64_t *until_us)
{
	if (!stop_requested())
		return length;
	int64_t now_us = clock_mono_us();
	if (*until_us == 0)
		*until_us = now_us + STOP_WRITE_MS * INT64_C(1000);
	int64_t left_us = *until_us - now_us;
	if (left_us <= 0 || !wait_writable(fd, (int)(left_us / 1000) + 1))
		return 0;
	return length < PIPE_BUF ? length : PIPE_BUF;
}

/* The reader has closed the pipe. In a pipeline at a terminal (`| head`) end as every other program
 * does, by SIGPIPE and without a message; a service returns an error instead. */
static int reader_gone(const char *name)
{
	if (isatty(STDERR_FILENO) && tcgetpgrp(STDERR_FILENO) == getpgrp()) {
		signal(SIGPIPE, SIG_DFL);
		raise(SIGPIPE);
	}
	return fail(EX_IOERR, "cannot write", {"file", name}, {"reason", strerror(EPIPE)});
}

int buffer_write_error(int fd, const char *name, int error)
{
	char path[PATH_MAX];
	struct stat file;
	ssize_t length = readlink("/proc/self/fd/1", path, sizeof(path) - 1);

	if (fd == STDOUT_FILENO && length > 0 && fstat(fd, &file) == 0 && S_ISREG(file.st_mode)) {
		path[length] = '\0';
		name = path;
	}
	return fail(EX_IOERR, "cannot write", {"file", name}, LOG_ERRNO(error));
}

int buffer_write(struct buffer *buffer, int fd, const char *name)
{
	size_t written = 0;
	int64_t until_us = 0; /* on the monotonic clock; 0 until asked to stop */

	if (buffer->failed)
		return fail(EX_OSERR, "out of memory", {"file", name});
	while (written < buffer->length) {
		size_t length = writable_bytes(fd, buffer->length - written, &until_us);
		if (length == 0)
			return fail(EX_IOERR, "stopped while output was blocked", {"file", name});
		ssize_t n = write(fd, buffer->data + written, length);
		if (n >= 0)
			written += (size_t)n;
		else if (errno == EPIPE)
			return reader_gone(name);
		else if (!should_retry(fd))
			return buffer_write_error(fd, name, errno);
	}
	buffer->length = 0;
	return 0;
}
