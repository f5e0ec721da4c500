/* Signals: a descriptor, or nothing at all where the parent wanted them ignored. */
#include "common/stop.h"

#include "tests/unit/tap.h"

#include <poll.h>
#include <signal.h>

static bool rings(void)
{
	struct pollfd bell = {.fd = stop_fd(), .events = POLLIN};

	return poll(&bell, 1, 0) == 1;
}

int main(void)
{
	signal(SIGTERM, SIG_IGN);
	ok(stop_open() == 0, "opens where SIGTERM is ignored");
	raise(SIGTERM);
	raise(SIGINT);
	raise(SIGHUP);
	ok(!rings() && stop_next() == 0, "then no signal is heeded");

	signal(SIGTERM, SIG_DFL);
	signal(SIGHUP, SIG_IGN);
	ok(stop_open() == 0, "opens where it is not");
	ok(!rings(), "nothing rings before a signal");
	ok(!stop_was_asked(), "and nobody asked to stop");
	raise(SIGTERM);
	raise(SIGHUP);
	ok(stop_was_asked(), "who has not yet been told can ask whether to stop");
	ok(rings(), "signals ring");
	ok(stop_next() == SIGTERM && stop_next() == SIGHUP, "each is told");
	ok(stop_next() == 0 && !rings(), "once");
	ok(stop_asked(SIGTERM) && stop_asked(SIGINT) && !stop_asked(SIGHUP), "two ask to stop");
	return tap_done();
}
