/* Where finished lines go: to the reader of stdout, or into a spool. */
#include "common/output.h"

#include "common/log.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <sys/stat.h>
#include <sysexits.h>
#include <unistd.h>

/* A quarter of a second of a thousand kits: a reader that is busy elsewhere for a moment costs no
 * slot. */
#define FULL_BYTES ((size_t)4 << 20)

/* O_NONBLOCK on stdout itself would hold for everybody who shares it with us, a shell included. A
 * pipe that is opened once more is ours alone. Where that is refused (another user's, no /proc) we
 * ask before each small write. */
static int open_pipe_anew(void)
{
	struct stat file;

	if (fstat(STDOUT_FILENO, &file) != 0 || !S_ISFIFO(file.st_mode))
		return -1;
	return open("/proc/self/fd/1", O_WRONLY | O_NONBLOCK | O_CLOEXEC);
}

void output_open(struct output *out, struct spool *spool)
{
	*out = (struct output){.spool = spool, .own = spool ? -1 : open_pipe_anew()};
}

void output_release(struct output *out)
{
	if (out->own >= 0)
		close(out->own);
	buffer_release(&out->lines);
}

int output_fd(const struct output *out)
{
	if (out->spool)
		return -1;
	return out->own >= 0 ? out->own : STDOUT_FILENO;
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

static int refuse(int error)
{
	return fail(EX_IOERR, "cannot write", {"file", "stdout"}, {"reason", strerror(error)});
}

int output_check(const struct output *out)
{
	struct pollfd reader = {.fd = output_fd(out)};

	if (out->spool || poll(&reader, 1, 0) <= 0 || !(reader.revents & POLLERR))
		return 0;
	return refuse(EPIPE);
}

/* How much can be written without waiting, as far as we know. What polls writable takes PIPE_BUF
 * bytes. */
static size_t may_write(const struct output *out)
{
	size_t length = out->lines.length - out->written;
	struct pollfd ready = {.fd = STDOUT_FILENO, .events = POLLOUT};

	if (out->own >= 0)
		return length;
	if (poll(&ready, 1, 0) == 0)
		return 0;
	return length < PIPE_BUF ? length : PIPE_BUF;
}

static int write_some(struct output *out, bool *more)
{
	size_t length = may_write(out);

	*more = false;
	if (length == 0)
		return 0;
	ssize_t n = write(output_fd(out), out->lines.data + out->written, length);
	if (n < 0 && errno != EINTR && errno != EAGAIN && errno != EWOULDBLOCK)
		return refuse(errno);
	if (n > 0)
		out->written += (size_t)n;
	*more = n > 0;
	return 0;
}

/* Memory that a giant line took is given back. */
static void empty(struct output *out)
{
	out->lines.length = out->written = 0;
	if (out->lines.capacity > FULL_BYTES)
		buffer_release(&out->lines);
}

/* What has been written makes room for what comes, before the rest would grow for ever. */
static void shift(struct output *out)
{
	if (out->written < out->lines.length / 2)
		return;
	out->lines.length -= out->written;
	memmove(out->lines.data, out->lines.data + out->written, out->lines.length);
	out->written = 0;
}

/* The spool takes everything, now or later. */
static int flush_to_spool(struct output *out)
{
	int64_t now_us = clock_mono_us();
	int status = 0;

	if (out->lines.length > 0)
		status = spool_add(out->spool, buffer_span(&out->lines), now_us);
	empty(out);
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
		empty(out);
	else
		shift(out);
	return status;
}
