/* Where finished lines go: to the reader of stdout, or into a spool. */
#include "common/lines/output.h"

#include "common/log/log.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <sys/stat.h>
#include <sysexits.h>
#include <unistd.h>

/* About 250 ms of output from 1000 kits, so a brief reader stall skips no poll. */
#define FULL_BYTES ((size_t)4 << 20)

/* O_NONBLOCK on stdout itself would affect every process that shares it, including a shell. A pipe
 * that is opened again is ours alone. If that is refused (another user's pipe, no /proc), poll()
 * comes before each small write. */
static int reopen_pipe(void)
{
	struct stat file;

	if (fstat(STDOUT_FILENO, &file) != 0 || !S_ISFIFO(file.st_mode))
		return -1;
	return open("/proc/self/fd/1", O_WRONLY | O_NONBLOCK | O_CLOEXEC);
}

void output_open(struct output *out, struct spool *spool)
{
	*out = (struct output){.spool = spool, .own_fd = spool ? -1 : reopen_pipe()};
}

void output_release(struct output *out)
{
	if (out->own_fd >= 0)
		close(out->own_fd);
	buffer_release(&out->lines);
}

int output_fd(const struct output *out)
{
	if (out->spool)
		return -1;
	return out->own_fd >= 0 ? out->own_fd : STDOUT_FILENO;
}

bool output_pending(const struct output *out)
{
	return out->lines.length > out->written;
}

bool output_full(const struct output *out)
{
	return out->spool ? spool_full(out->spool) : out->lines.length - out->written >= FULL_BYTES;
}

int64_t output_next_us(const struct output *out)
{
	return out->spool ? spool_due_us(out->spool) : INT64_MAX;
}

static int write_error(int error)
{
	return buffer_write_error(STDOUT_FILENO, "stdout", error);
}

int output_check(const struct output *out)
{
	struct pollfd reader = {.fd = output_fd(out)};

	if (out->spool || poll(&reader, 1, 0) <= 0 || !(reader.revents & POLLERR))
		return 0;
	return write_error(EPIPE);
}

/* Return how much can be written without waiting: a descriptor that is writable takes PIPE_BUF
 * bytes. */
static size_t writable(const struct output *out)
{
	size_t length = out->lines.length - out->written;
	struct pollfd ready = {.fd = STDOUT_FILENO, .events = POLLOUT};

	if (out->own_fd >= 0)
		return length;
	if (poll(&ready, 1, 0) == 0)
		return 0;
	return length < PIPE_BUF ? length : PIPE_BUF;
}

static int write_some(struct output *out, bool *more)
{
	size_t length = writable(out);

	*more = false;
	if (length == 0)
		return 0;
	ssize_t n = write(output_fd(out), out->lines.data + out->written, length);
	if (n < 0 && errno != EINTR && errno != EAGAIN && errno != EWOULDBLOCK)
		return write_error(errno);
	if (n > 0)
		out->written += (size_t)n;
	*more = n > 0;
	return 0;
}

/* The memory of a giant line is freed. */
static void clear(struct output *out)
{
	out->lines.length = out->written = 0;
	if (out->lines.capacity > FULL_BYTES)
		buffer_release(&out->lines);
}

/* Remove what has been written, so that the buffer does not grow forever. */
static void compact(struct output *out)
{
	if (out->written < out->lines.length / 2)
		return;
	out->lines.length -= out->written;
	memmove(out->lines.data, out->lines.data + out->written, out->lines.length);
	out->written = 0;
}

/* The spool accepts everything, now or later. */
static int flush_to_spool(struct output *out)
{
	int64_t now_us = clock_mono_us();
	int status = 0;

	if (out->lines.length > 0)
		status = spool_add(out->spool, buffer_span(&out->lines), now_us);
	clear(out);
	return status ? status : spool_settle(out->spool, now_us);
}

int output_flush(struct output *out)
{
	bool more = true;
	int status = 0;

	if (out->lines.failed)
		return fail(EX_OSERR, "out of memory",
			{"file", out->spool ? out->spool->dir.path : "stdout"});
	if (out->spool)
		return flush_to_spool(out);
	while (!status && more && output_pending(out))
		status = write_some(out, &more);
	if (!output_pending(out))
		clear(out);
	else
		compact(out);
	return status;
}
