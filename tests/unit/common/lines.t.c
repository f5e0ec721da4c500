/* The line loop, fed through a pipe as its stdin. */
#include "common/lines/lines.h"
#include "common/base/buffer.h"
#include "common/process/signals.h"
#include "tests/unit/tap.h"

#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <sysexits.h>
#include <unistd.h>

/* What the user saw: lines as `[…]`, too long ones as `<first three bytes>`, an idle settle as
 * `.`. */
struct seen {
	struct buffer text;
	int status_for_stop; /* what the line "stop" returns */
	int signals;
};

static int see_line(void *self, struct span line)
{
	struct seen *seen = self;

	buffer_printf(&seen->text, "[%.*s]", (int)line.length, line.data);
	return span_equals(line, "stop") ? seen->status_for_stop : 0;
}

static int see_overlong(void *self, struct span beginning)
{
	struct seen *seen = self;

	buffer_printf(&seen->text, "<%.3s>", beginning.data);
	ok(beginning.length == LINES_LINE_MAX,
		"of an overlong line the allowed length is handed over");
	return 0;
}

static int see_rest(void *self, struct span rest)
{
	struct seen *seen = self;

	buffer_printf(&seen->text, "{%.*s}", (int)rest.length, rest.data);
	return 0;
}

static int see_settle(void *self, bool idle)
{
	struct seen *seen = self;

	if (idle)
		buffer_add_char(&seen->text, '.');
	return 0;
}

static int see_signal(void *self, int signal_number)
{
	struct seen *seen = self;

	seen->signals += signal_number == SIGUSR1;
	return 0;
}

static const struct line_handler plain = {
	.line = see_line, .overlong = see_overlong, .settle = see_settle, .signal = see_signal};

static const struct line_handler wary = {.line = see_line,
	.overlong = see_overlong,
	.settle = see_settle,
	.signal = see_signal,
	.rest = see_rest};

/* Run the loop over what `writer` writes into its stdin, from another process. */
static int run_user(const struct line_handler *wanted, struct seen *seen,
	void (*writer)(int fd, pid_t reader), char *const *files)
{
	struct line_handler user = *wanted;
	int ends[2];
	pid_t reader = getpid();

	seen->text.length = 0;
	user.self = seen;
	if (pipe(ends))
		return -1;
	fflush(stdout);
	if (fork() == 0) {
		close(ends[0]);
		writer(ends[1], reader);
		_exit(0);
	}
	close(ends[1]);
	dup2(ends[0], STDIN_FILENO);
	close(ends[0]);
	int status = lines_run(files, &user);
	buffer_add_char(&seen->text, '\0');
	return status;
}

static int run(struct seen *seen, void (*writer)(int fd, pid_t reader), char *const *files)
{
	return run_user(&plain, seen, writer, files);
}

static char *const no_files[] = {NULL};

static void put(int fd, const char *text)
{
	if (write(fd, text, strlen(text)) < 0)
		_exit(1);
}

static void write_lines(int fd, pid_t reader)
{
	(void)reader;
	put(fd, "one\n\n  \r\ntwo\nthree");
}

static void write_stop(int fd, pid_t reader)
{
	(void)reader;
	put(fd, "one\nstop\ntwo\n");
}

static void write_overlong(int fd, pid_t reader)
{
	size_t size = 1 << 20;
	char *block = malloc(size);

	(void)reader;
	memset(block, 'x', size);
	put(fd, "before\nabc");
	for (int i = 0; i < 20; i++) {
		for (size_t done = 0; done < size;) {
			ssize_t n = write(fd, block + done, size - done);
			if (n < 0)
				_exit(1);
			done += (size_t)n;
		}
	}
	put(fd, "\nafter\n");
	free(block);
}

/* Signals come while the loop waits: SIGUSR1 is reported, SIGTERM lets the rest arrive first. */
static void write_around_signals(int fd, pid_t reader)
{
	put(fd, "one\n");
	kill(reader, SIGUSR1);
	kill(reader, SIGTERM);
	put(fd, "two\n");
}

static void hold_open(int fd, pid_t reader)
{
	put(fd, "one\n");
	kill(reader, SIGTERM);
	kill(reader, SIGINT);
	struct pollfd gone = {.fd = fd};
	poll(&gone, 1, 10000);
}

int main(void)
{
	struct seen seen = {.status_for_stop = EX_DATAERR};
	char *const missing[] = {"/nonexistent/file", NULL};

	ok(signals_open() == 0, "signals are a descriptor");
	is_number(run(&seen, write_lines, no_files), 0, "to the end of the input");
	ok(strstr(seen.text.data, "[one]") && strstr(seen.text.data, "[two]"),
		"each line, no blank one");
	ok(strstr(seen.text.data, "[three]."), "the last one needs no newline");
	is_number(run_user(&wary, &seen, write_lines, no_files), 0, "a user who is wary");
	ok(strstr(seen.text.data, "[two]") && strstr(seen.text.data, "{three}"),
		"gets the line without a newline");
	is_number(run_user(&wary, &seen, write_around_signals, no_files), 0, "and only that");
	ok(!strchr(seen.text.data, '{'), "a whole line is a line");
	is_number(run(&seen, write_stop, no_files), EX_DATAERR, "a status ends the loop");
	ok(strstr(seen.text.data, "[stop]") && !strstr(seen.text.data, "[two]"), "at once");
	is_number(run(&seen, write_overlong, no_files), 0, "a line of 20 MiB");
	ok(strstr(seen.text.data, "[before]") && strstr(seen.text.data, "<abc>"),
		"is one complaint");
	ok(strstr(seen.text.data, "[after]") && !strstr(seen.text.data, "[x"),
		"the next is unharmed");
	is_number(run(&seen, write_around_signals, no_files), 0, "asked to stop");
	ok(strstr(seen.text.data, "[one]") && strstr(seen.text.data, "[two]"),
		"what was sent is read");
	is_number(seen.signals, 2, "another signal is the user's");
	is_number(run(&seen, hold_open, no_files), 0,
		"asked twice: at once, though a sender is there");
	is_number(run(&seen, write_lines, missing), EX_NOINPUT, "a file that is not there");
	buffer_release(&seen.text);
	return tap_done();
}
