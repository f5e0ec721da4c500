/* Signals: a descriptor, or nothing at all where the parent wanted them ignored. */
#include "common/process/signals.h"

#include "tests/unit/tap.h"

#include <poll.h>
#include <signal.h>

static bool rings(void)
{
	struct pollfd bell = {.fd = signals_fd(), .events = POLLIN};

	return poll(&bell, 1, 0) == 1;
}

int main(void)
{
	signal(SIGTERM, SIG_IGN);
	ok(signals_open() == 0, "opens where SIGTERM is ignored");
	raise(SIGTERM);
	raise(SIGINT);
	raise(SIGHUP);
	ok(!rings() && signals_next() == 0, "then no signal is heeded");

	signal(SIGTERM, SIG_DFL);
	signal(SIGHUP, SIG_IGN);
	ok(signals_open() == 0, "opens where it is not");
	ok(!rings(), "nothing rings before a signal");
	ok(!stop_requested(), "and no stop was requested");
	raise(SIGTERM);
	raise(SIGHUP);
	ok(stop_requested(), "stop_requested() is true before signals_next()");
	ok(rings(), "signals ring");
	ok(signals_next() == SIGTERM && signals_next() == SIGHUP, "each is returned");
	ok(signals_next() == 0 && !rings(), "once");
	ok(signal_is_stop(SIGTERM) && signal_is_stop(SIGINT) && !signal_is_stop(SIGHUP),
		"two ask to stop");
	return tap_done();
}
