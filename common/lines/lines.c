/* The line loop of all filters: read what is available, process each line, settle, block. */
#define _GNU_SOURCE /* F_SETPIPE_SZ */
#include "common/lines/lines.h"

#include "common/base/utf8.h"
#include "common/base/xalloc.h"
#include "common/cli/progress.h"
#include "common/log/log.h"
#include "common/process/signals.h"
#include "common/time/clock.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sysexits.h>
#include <unistd.h>

#define FIRST_CAPACITY ((size_t)256 << 10)
#define LARGEST        (LINES_LINE_MAX + FIRST_CAPACITY)
/* A pipe that holds most replies as a whole saves half of the wake-ups on both sides. If it is not
 * a pipe, or the user has reached the limit of pipe memory, nothing changes. */
#define PIPE_BYTES (128 << 10)
#define LINGER_US  (2 * CLOCK_SECOND_US)

/* The window over the input: data[start..end) has been read and not been processed. */
struct lines {
	const struct line_handler *handler;
	const char *name;
	int fd;
	char *data;
	size_t start, end, capacity;
	size_t searched;      /* data[start..searched) holds no newline */
	bool begun;           /* the first bytes of the input have been looked at */
	bool skipping;        /* inside a line that was too long */
	bool stopping, ended; /* a signal arrived; nothing more is to be read */
	bool cut;             /* ended by signals, not by the end of the input */
	int64_t stop_at_us;   /* on the monotonic clock */
	struct progress progress;
};

static bool blank(struct span line)
{
	for (size_t i = 0; i < line.length; i++) {
		if (line.data[i] != ' ' && line.data[i] != '\t' && line.data[i] != '\r')
			return false;
	}
	return true;
}

static int process_line(struct lines *lines, size_t length)
{
	struct span line = {lines->data + lines->start, length};
	const struct line_handler *handler = lines->handler;
	bool tail = lines->skipping;

	lines->skipping = false;
	if (tail || blank(line))
		return 0;
	lines->progress.count++;
	if (length > LINES_LINE_MAX)
		return handler->overlong(handler->self, (struct span){line.data, LINES_LINE_MAX});
	if (lines->ended && handler->rest)
		return handler->rest(handler->self, line);
	return handler->line(handler->self, line);
}

/* Skip a byte order mark at the start of the input (RFC 8259, section 8.1), as files from Windows
 * have it. It may arrive in pieces. */
static void skip_byte_order_mark(struct lines *lines)
{
	static const struct span mark = {UTF8_BYTE_ORDER_MARK, 3};
	size_t length = lines->end - lines->start;
	size_t compared = length < mark.length ? length : mark.length;

	if (lines->begun || length == 0)
		return;
	bool matches = memcmp(lines->data + lines->start, mark.data, compared) == 0;
	if (matches && compared < mark.length)
		return;
	lines->begun = true;
	if (matches)
		lines->start = lines->searched = lines->start + mark.length;
}

static int process_lines(struct lines *lines)
{
	skip_byte_order_mark(lines);
	for (;;) {
		char *from = lines->data + lines->searched;
		char *newline = memchr(from, '\n', lines->end - lines->searched);
		if (!newline) {
			lines->searched = lines->end;
			return 0;
		}
		size_t next = (size_t)(newline - lines->data) + 1;
		int status = process_line(lines, next - 1 - lines->start);
		if (status)
			return status;
		lines->start = lines->searched = next;
	}
}

/* If an unfinished line is already too long, report its beginning and skip the rest. */
static int drop_overlong(struct lines *lines)
{
	int status = 0;

	if (lines->end - lines->start <= LINES_LINE_MAX)
		return 0;
	if (!lines->skipping)
		status = process_line(lines, lines->end - lines->start);
	lines->skipping = true;
	lines->start = lines->end = lines->searched = 0;
	return status;
}

static void make_room(struct lines *lines)
{
	if (lines->start > 0) {
		memmove(lines->data, lines->data + lines->start, lines->end - lines->start);
		lines->end -= lines->start;
		lines->searched -= lines->start;
		lines->start = 0;
	}
	if (lines->end < lines->capacity)
		return;
	size_t capacity = lines->capacity ? lines->capacity * 2 : FIRST_CAPACITY;
	if (capacity > LARGEST)
		capacity = LARGEST;
	lines->data = xrealloc(lines->data, capacity);
	lines->capacity = capacity;
}

static int read_some(struct lines *lines)
{
	make_room(lines);
	ssize_t n = read(lines->fd, lines->data + lines->end, lines->capacity - lines->end);
	if (n < 0 && (errno == EINTR || errno == EAGAIN || errno == EWOULDBLOCK))
		return 0;
	if (n < 0)
		return fail(EX_IOERR, "cannot read", {"file", lines->name}, LOG_ERRNO(errno));
	lines->end += (size_t)n;
	lines->progress.bytes += (uint64_t)n;
	lines->ended = n == 0;
	return 0;
}

static int handle_signals(struct lines *lines)
{
	int signal_number;
	int status = 0;

	while (!status && (signal_number = signals_next()) != 0) {
		if (!signal_is_stop(signal_number) && lines->handler->signal) {
			status = lines->handler->signal(lines->handler->self, signal_number);
		} else if (signal_number == SIGHUP && signals_ignore_hangup()) {
			continue;
		} else if (lines->stopping) {
			lines->ended = lines->cut = true;
		} else {
			lines->stopping = true;
			lines->stop_at_us = clock_mono_us() + LINGER_US;
		}
	}
	return status;
}

/* Return how long poll() may block, in milliseconds; -1 without limit. */
static int longest_wait_ms(const struct lines *lines)
{
	int wait_ms =
		lines->handler->timeout_ms ? lines->handler->timeout_ms(lines->handler->self) : -1;

	if (lines->stopping) {
		int64_t left_us = lines->stop_at_us - clock_mono_us();
		int left_ms = left_us > 0 ? (int)(left_us / 1000) + 1 : 0;
		if (wait_ms < 0 || left_ms < wait_ms)
			wait_ms = left_ms;
	}
	return wait_ms;
}

/* Wait at most `wait_ms` for input or a signal. `*readable` tells whether there is input. */
static int wait_for_input(struct lines *lines, int wait_ms, bool *readable)
{
	struct pollfd watched[] = {
		{.fd = lines->fd, .events = POLLIN},
		{.fd = signals_fd(), .events = POLLIN},
		{.fd = -1},
	};

	*readable = false;
	if (wait_ms != 0 && lines->handler->watch)
		watched[2] = lines->handler->watch(lines->handler->self);
	if (poll(watched, 3, wait_ms) < 0)
		return errno == EINTR ? 0
				      : fail(EX_OSERR, "cannot wait for input",
						{"file", lines->name}, LOG_ERRNO(errno));
	*readable = watched[0].revents != 0;
	if (watched[1].revents)
		return handle_signals(lines);
	return 0;
}

/* Settle and block if no input is waiting, else read and process it. */
static int run_once(struct lines *lines)
{
	const struct line_handler *handler = lines->handler;
	bool readable;
	int status = wait_for_input(lines, 0, &readable);

	if (!status && !readable && !lines->ended) {
		status = handler->settle(handler->self, true);
		if (!status)
			status = wait_for_input(lines, longest_wait_ms(lines), &readable);
	}
	if (lines->stopping && clock_mono_us() >= lines->stop_at_us)
		lines->ended = lines->cut = true;
	if (status || !readable || lines->ended)
		return status;
	status = read_some(lines);
	if (!status)
		status = process_lines(lines);
	if (!status)
		status = drop_overlong(lines);
	progress_show(&lines->progress);
	if (!status)
		status = handler->settle(handler->self, false);
	return status;
}

/* If reading was stopped, what follows the last newline is not a line: more of it would come. */
static int run_one(struct lines *lines)
{
	int status = 0;

	lines->start = lines->end = lines->searched = 0;
	lines->ended = lines->skipping = lines->begun = false;
	while (!status && !lines->ended)
		status = run_once(lines);
	if (!status && !lines->cut && lines->end > lines->start)
		status = process_line(lines, lines->end - lines->start);
	return status;
}

static int open_and_run(struct lines *lines, const char *file)
{
	lines->name = file;
	if (strcmp(file, "-") == 0) {
		lines->name = "stdin";
		lines->fd = STDIN_FILENO;
		if (fcntl(lines->fd, F_GETPIPE_SZ) < PIPE_BYTES)
			fcntl(lines->fd, F_SETPIPE_SZ, PIPE_BYTES);
		return run_one(lines);
	}
	lines->fd = open(file, O_RDONLY | O_CLOEXEC);
	if (lines->fd < 0)
		return fail(EX_NOINPUT, "cannot open", {"file", file}, LOG_ERRNO(errno));
	int status = run_one(lines);
	close(lines->fd);
	return status;
}

/* Add the size of what is read as `file`. Return false if that is not a regular file. */
static bool add_size(uint64_t *total, const char *file)
{
	struct stat found;
	bool is_stdin = strcmp(file, "-") == 0;

	if ((is_stdin ? fstat(STDIN_FILENO, &found) : stat(file, &found)) ||
		!S_ISREG(found.st_mode))
		return false;
	*total += (uint64_t)found.st_size;
	return true;
}

/* If a signal stopped the loop before the end of a file, fail: the file must not be taken for one
 * that was read. A pipe has no end to miss. */
static int check_unread(const struct lines *lines, const char *next)
{
	const char *cut = strcmp(lines->name, "stdin") == 0 ? "-" : lines->name;
	uint64_t size = 0;

	if (lines->cut && add_size(&size, cut))
		next = cut;
	if (next && add_size(&size, next))
		return fail(EX_TEMPFAIL, "stopped before the end of the file", {"file", next});
	return 0;
}

uint64_t lines_size(char *const *files)
{
	uint64_t total = 0;

	if (!*files)
		return add_size(&total, "-") ? total : 0;
	for (; *files; files++) {
		if (!add_size(&total, *files))
			return 0;
	}
	return total;
}

/* Progress can be shown only if the total size is known. */
static void open_progress(struct lines *lines, char *const *files)
{
	enum lines_progress wanted = lines->handler->progress;
	bool fits = wanted == LINES_PROGRESS_ALONE ||
		    (wanted == LINES_PROGRESS_BESIDE_OUTPUT && !isatty(STDOUT_FILENO));
	uint64_t total = fits && log_is_interactive() ? lines_size(files) : 0;

	progress_open(&lines->progress, "lines", total > 0);
	lines->progress.total = total;
}

int lines_run(char *const *files, const struct line_handler *handler)
{
	struct lines lines = {.handler = handler};
	int status = 0;

	open_progress(&lines, files);
	if (!*files)
		status = open_and_run(&lines, "-");
	for (; *files && !status && !lines.stopping; files++)
		status = open_and_run(&lines, *files);
	if (!status)
		status = handler->settle(handler->self, true);
	if (!status && lines.stopping)
		status = check_unread(&lines, *files);
	progress_close(&lines.progress);
	free(lines.data);
	return status;
}
