/* Signals as something to wait for: a descriptor that poll() and curl can watch. */
#include "common/signals.h"

#include "common/array.h"
#include "common/log.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sysexits.h>
#include <unistd.h>

static const int watched[] = {SIGTERM, SIGINT, SIGHUP, SIGUSR1};

static volatile sig_atomic_t arrived[ARRAY_SIZE(watched)];
static int bell[2] = {-1, -1};
static bool asked, outlives_hangup;

static void ring(int signal_number)
{
	int saved = errno;

	for (size_t i = 0; i < ARRAY_SIZE(watched); i++) {
		if (watched[i] == signal_number)
			arrived[i] = 1;
	}
	/* Before the pipe is there, and when it is full, `arrived` is enough. */
	ssize_t written = write(bell[1], "", 1);
	(void)written;
	errno = saved;
}

/* A stdin that cannot be read, an stdout and stderr that cannot be written. */
static int occupy_standard_descriptors(void)
{
	for (int fd = 0; fd <= 2; fd++) {
		if (fcntl(fd, F_GETFD) >= 0)
			continue;
		if (open("/dev/null", fd == 0 ? O_WRONLY : O_RDONLY) != fd)
			return fail(EX_OSERR, "cannot open", {"file", "/dev/null"},
				{"reason", strerror(errno)});
	}
	return 0;
}

static int make_bell(void)
{
	if (pipe(bell))
		return fail(EX_OSERR, "cannot make a pipe", {"reason", strerror(errno)});
	for (size_t i = 0; i < ARRAY_SIZE(bell); i++) {
		fcntl(bell[i], F_SETFD, FD_CLOEXEC);
		fcntl(bell[i], F_SETFL, O_NONBLOCK);
	}
	return 0;
}

static bool ignored(int signal_number)
{
	struct sigaction action;

	return sigaction(signal_number, NULL, &action) == 0 && action.sa_handler == SIG_IGN;
}

int signals_open(void)
{
	struct sigaction action = {.sa_handler = ignored(SIGTERM) ? SIG_IGN : ring};

	outlives_hangup = outlives_hangup || ignored(SIGHUP);
	sigemptyset(&action.sa_mask);
	for (size_t i = 0; i < ARRAY_SIZE(watched); i++)
		sigaction(watched[i], &action, NULL);
	action.sa_handler = SIG_IGN;
	sigaction(SIGPIPE, &action, NULL);
	sigaction(SIGXFSZ, &action, NULL);

	int status = occupy_standard_descriptors();
	if (status)
		return status;
	status = make_bell();
	if (status)
		return status;
	for (size_t i = 0; i < ARRAY_SIZE(watched); i++) {
		if (arrived[i])
			ring(watched[i]);
	}
	return 0;
}

int signals_fd(void)
{
	return bell[0];
}

int signals_next(void)
{
	char drain[64];

	while (read(bell[0], drain, sizeof(drain)) > 0)
		;
	for (size_t i = 0; i < ARRAY_SIZE(watched); i++) {
		if (arrived[i]) {
			arrived[i] = 0;
			asked = asked || signal_is_stop(watched[i]);
			ring(0);
			return watched[i];
		}
	}
	while (read(bell[0], drain, sizeof(drain)) > 0)
		;
	return 0;
}

bool signal_is_stop(int signal_number)
{
	return signal_number == SIGTERM || signal_number == SIGINT;
}

bool stop_requested(void)
{
	for (size_t i = 0; i < ARRAY_SIZE(watched) && !asked; i++)
		asked = arrived[i] && signal_is_stop(watched[i]);
	return asked;
}

bool signals_ignore_hangup(void)
{
	return outlives_hangup;
}
