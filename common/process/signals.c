#include "common/process/signals.h"

#include "common/base/array.h"
#include "common/log/log.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sysexits.h>
#include <unistd.h>

static const int watched[] = {SIGTERM, SIGINT, SIGHUP, SIGUSR1};

static volatile sig_atomic_t arrived[ARRAY_SIZE(watched)];
static int signal_pipe[2] = {-1, -1};
static bool stop_arrived, hangup_ignored;

/* Before the pipe exists, and when it is full, `arrived` is enough. */
static void wake(void)
{
	ssize_t written = write(signal_pipe[1], "", 1);

	(void)written;
}

static void on_signal(int signal_number)
{
	int saved = errno;

	for (size_t i = 0; i < ARRAY_SIZE(watched); i++) {
		if (watched[i] == signal_number)
			arrived[i] = 1;
	}
	wake();
	errno = saved;
}

/* A closed stdin becomes one that cannot be read, stdout and stderr ones that cannot be written. */
static int open_standard_descriptors(void)
{
	for (int fd = 0; fd <= 2; fd++) {
		if (fcntl(fd, F_GETFD) >= 0)
			continue;
		if (open("/dev/null", fd == 0 ? O_WRONLY : O_RDONLY) != fd)
			return fail(
				EX_OSERR, "cannot open", {"file", "/dev/null"}, LOG_ERRNO(errno));
	}
	return 0;
}

static int make_pipe(void)
{
	if (pipe(signal_pipe))
		return fail(EX_OSERR, "cannot make a pipe", LOG_ERRNO(errno));
	for (size_t i = 0; i < ARRAY_SIZE(signal_pipe); i++) {
		fcntl(signal_pipe[i], F_SETFD, FD_CLOEXEC);
		fcntl(signal_pipe[i], F_SETFL, O_NONBLOCK);
	}
	return 0;
}

static bool is_ignored(int signal_number)
{
	struct sigaction action;

	return sigaction(signal_number, NULL, &action) == 0 && action.sa_handler == SIG_IGN;
}

int signals_open(void)
{
	struct sigaction action = {.sa_handler = is_ignored(SIGTERM) ? SIG_IGN : on_signal};

	hangup_ignored = hangup_ignored || is_ignored(SIGHUP);
	sigemptyset(&action.sa_mask);
	for (size_t i = 0; i < ARRAY_SIZE(watched); i++)
		sigaction(watched[i], &action, NULL);
	action.sa_handler = SIG_IGN;
	sigaction(SIGPIPE, &action, NULL);
	sigaction(SIGXFSZ, &action, NULL);

	int status = open_standard_descriptors();
	if (status)
		return status;
	status = make_pipe();
	if (status)
		return status;
	for (size_t i = 0; i < ARRAY_SIZE(watched); i++) {
		if (arrived[i])
			on_signal(watched[i]);
	}
	return 0;
}

int signals_fd(void)
{
	return signal_pipe[0];
}

int signals_next(void)
{
	char drain[64];

	while (read(signal_pipe[0], drain, sizeof(drain)) > 0)
		;
	for (size_t i = 0; i < ARRAY_SIZE(watched); i++) {
		if (arrived[i]) {
			arrived[i] = 0;
			stop_arrived = stop_arrived || signal_is_stop(watched[i]);
			wake();
			return watched[i];
		}
	}
	while (read(signal_pipe[0], drain, sizeof(drain)) > 0)
		;
	return 0;
}

bool signal_is_stop(int signal_number)
{
	return signal_number == SIGTERM || signal_number == SIGINT;
}

bool stop_requested(void)
{
	for (size_t i = 0; i < ARRAY_SIZE(watched) && !stop_arrived; i++)
		stop_arrived = arrived[i] && signal_is_stop(watched[i]);
	return stop_arrived;
}

bool signals_ignore_hangup(void)
{
	return hangup_ignored;
}
