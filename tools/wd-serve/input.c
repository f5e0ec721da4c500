#define _GNU_SOURCE /* accept4 */
#include "tools/wd-serve/input.h"

#include "common/base/buffer.h"
#include "common/log/log.h"
#include "common/process/notify.h"
#include "common/process/signals.h"
#include "common/time/clock.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sysexits.h>
#include <unistd.h>

enum {
	WRITERS_MAX = 16,
	READ_BYTES = 256 << 10,
};

/* A connection, and its line that is not complete. */
struct writer {
	int fd;
	struct buffer line;
	bool is_skipping; /* inside a line that was too long */
};

struct serve_input {
	const struct line_handler *handler;
	int fd;
	struct writer writers[WRITERS_MAX];
	size_t count;
	char bytes[READ_BYTES];
};

/* --- the socket */

static bool is_alive(const struct sockaddr_un *address)
{
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	bool refused = connect(fd, (const struct sockaddr *)address, sizeof(*address)) < 0 &&
		       errno == ECONNREFUSED;

	close(fd);
	return !refused;
}

/* Remove the socket of a process that has ended, and nothing else. */
static int remove_stale(const struct sockaddr_un *address)
{
	const char *path = address->sun_path;
	struct stat about;

	if (lstat(path, &about) < 0)
		return errno == ENOENT ? 0
				       : fail(EX_CANTCREAT, "cannot create the socket",
						 {"socket", path}, LOG_ERRNO(errno));
	if (!S_ISSOCK(about.st_mode))
		return fail(EX_CANTCREAT, "this file is not a socket", {"socket", path},
			{"hint", "choose another path for --input"});
	if (is_alive(address))
		return fail(
			EX_UNAVAILABLE, "another process listens on this socket", {"socket", path});
	if (unlink(path) < 0 && errno != ENOENT)
		return fail(EX_CANTCREAT, "cannot remove the old socket", {"socket", path},
			LOG_ERRNO(errno));
	return 0;
}

static int open_input(struct serve_input *input, const char *path)
{
	struct sockaddr_un address = {.sun_family = AF_UNIX};

	if (strlen(path) >= sizeof(address.sun_path))
		return fail(EX_USAGE, "the path of the socket is too long", {"socket", path},
			{"expected", "at most 107 bytes"});
	snprintf(address.sun_path, sizeof(address.sun_path), "%s", path);
	int status = remove_stale(&address);
	if (status)
		return status;
	input->fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	mode_t mask = umask(0117); /* 0660 from the first moment */
	int bound = bind(input->fd, (struct sockaddr *)&address, sizeof(address));
	umask(mask);
	if (bound < 0 || listen(input->fd, WRITERS_MAX) < 0) {
		status = fail(EX_CANTCREAT, "cannot create the socket", {"socket", path},
			LOG_ERRNO(errno));
		close(input->fd);
		return status;
	}
	log_info("waiting for lines", {"socket", path});
	return 0;
}

/* --- connections */

static void accept_writer(struct serve_input *input)
{
	int fd = accept4(input->fd, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);

	if (fd < 0)
		return;
	input->writers[input->count++] = (struct writer){.fd = fd};
	log_info("connected", {"connections", log_number((int64_t)input->count).text});
}

static void drop_writer(struct serve_input *input, size_t i)
{
	close(input->writers[i].fd);
	buffer_release(&input->writers[i].line);
	input->writers[i] = input->writers[--input->count];
	log_info("disconnected", {"connections", log_number((int64_t)input->count).text});
}

/* The line is complete. */
static int take_line(const struct serve_input *input, struct writer *writer)
{
	struct span line = buffer_span(&writer->line);
	int status = 0;

	if (line.length > 0 && !writer->is_skipping)
		status = input->handler->line(input->handler->self, line);
	writer->line.length = 0;
	writer->is_skipping = false;
	return status;
}

/* Keep the beginning of a line whose rest has not arrived. */
static int keep_rest(const struct serve_input *input, struct writer *writer, struct span rest)
{
	int status = 0;

	if (writer->is_skipping)
		return 0;
	buffer_add_span(&writer->line, rest);
	if (writer->line.length <= LINES_LINE_MAX)
		return 0;
	status = input->handler->overlong(input->handler->self, buffer_span(&writer->line));
	buffer_release(&writer->line);
	writer->line = (struct buffer){0};
	writer->is_skipping = true;
	return status;
}

static int take_bytes(const struct serve_input *input, struct writer *writer, struct span bytes)
{
	const char *newline;
	int status = 0;

	while (!status && bytes.length > 0 && (newline = memchr(bytes.data, '\n', bytes.length))) {
		size_t length = (size_t)(newline - bytes.data);
		status = keep_rest(input, writer, (struct span){bytes.data, length});
		if (!status)
			status = take_line(input, writer);
		bytes = (struct span){newline + 1, bytes.length - length - 1};
	}
	return status ? status : keep_rest(input, writer, bytes);
}

/* Read once, so that one fast writer does not delay the others. An unfinished line at the end of a
 * connection is dropped. */
static int read_writer(struct serve_input *input, size_t i)
{
	struct writer *writer = &input->writers[i];
	ssize_t n = read(writer->fd, input->bytes, sizeof(input->bytes));

	if (n < 0 && (errno == EAGAIN || errno == EINTR))
		return 0;
	if (n <= 0) {
		drop_writer(input, i);
		return 0;
	}
	return take_bytes(input, writer, (struct span){input->bytes, (size_t)n});
}

/* --- the loop */

static int handle_signals(const struct line_handler *handler, bool *stop)
{
	int number, status = 0;

	while (!status && !*stop && (number = signals_next()) != 0) {
		*stop = signal_is_stop(number);
		if (!*stop && handler->signal)
			status = handler->signal(handler->self, number);
	}
	return status;
}

static int run_once(struct serve_input *input, bool *stop)
{
	const struct line_handler *handler = input->handler;
	struct pollfd watched[WRITERS_MAX + 3] = {{.fd = signals_fd(), .events = POLLIN},
		{.fd = input->count < WRITERS_MAX ? input->fd : -1, .events = POLLIN},
		handler->watch(handler->self)};
	size_t count = input->count;
	int status = 0;

	for (size_t i = 0; i < count; i++)
		watched[i + 3] = (struct pollfd){.fd = input->writers[i].fd, .events = POLLIN};
	if (poll(watched, count + 3, handler->timeout_ms(handler->self)) < 0 && errno != EINTR)
		return fail(EX_OSERR, "cannot wait for input", LOG_ERRNO(errno));
	if (watched[0].revents)
		status = handle_signals(handler, stop);
	/* From the last: dropping one moves only those that were handled. */
	for (size_t i = count; i-- > 0 && !status;) {
		if (watched[i + 3].revents)
			status = read_writer(input, i);
	}
	if (watched[1].revents)
		accept_writer(input);
	return status ? status : handler->settle(handler->self, true);
}

int input_run(const char *path, const struct line_handler *handler)
{
	static struct serve_input input;
	bool stop = false;

	input = (struct serve_input){.handler = handler};
	int status = open_input(&input, path);
	if (status)
		return status;
	notify("READY=1");
	while (!status && !stop) {
		notify_alive(clock_mono_us());
		status = run_once(&input, &stop);
	}
	notify("STOPPING=1");
	while (input.count > 0)
		drop_writer(&input, input.count - 1);
	close(input.fd);
	unlink(path);
	return status;
}
