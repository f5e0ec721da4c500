/* The loop: asks the kits that are due, takes their replies, writes lines. */
#include "tools/wd-poll/poller.h"

#include "common/clock.h"
#include "common/log.h"
#include "common/notify.h"
#include "common/signals.h"
#include "tools/wd-poll/crowd.h"
#include "tools/wd-poll/glance.h"
#include "tools/wd-poll/limits.h"
#include "tools/wd-poll/out.h"

#include <poll.h>
#include <signal.h>
#include <sys/epoll.h>
#include <sysexits.h>
#include <unistd.h>

/* How long the last lines may wait for their reader after SIGTERM: it has to be over in a second.
 */
#define PARTING_US (CLOCK_SECOND_US * 7 / 10)

/* One that stays open for each of /drones and /signals; /status borrows one of them. */
enum {
	CONNECTIONS_PER_KIT = 2
};

struct poller {
	const struct kits_source *source;
	struct crowd crowd;
	struct fetcher *fetcher;
	struct out out;
	struct polled_context context;
	bool stopping;
	bool behind;       /* replies that have ended wait for room in `out` */
	uint32_t watching; /* what stdout is watched for, of epoll */
	struct log_condition reader_sleeps, too_many;
	struct log_limit log_limit;
	struct glance glance;
};

static int ask(struct poller *poller, struct polled *polled, int64_t now_us)
{
	unsigned endpoints = due_take(&polled->due, now_us);
	int status = 0;

	for (int i = 0; i < ENDPOINT_COUNT && !status; i++) {
		if (endpoints & DUE_BIT(i))
			status =
				fetch_start(poller->fetcher, polled->kit, (enum endpoint)i, polled);
	}
	crowd_schedule(&poller->crowd, polled);
	return status;
}

static int ask_all_due(struct poller *poller)
{
	int64_t now_us = clock_mono_us();
	struct polled *polled;
	int status = 0;

	while (!status && !fetch_full(poller->fetcher) &&
		(polled = crowd_due(&poller->crowd, now_us)) != NULL)
		status = ask(poller, polled, now_us);
	return status;
}

/* What has ended while the reader sleeps stays where it is: it is bounded there. */
static void take_replies(struct poller *poller)
{
	struct fetched fetched;

	for (;;) {
		struct polled *polled;
		poller->behind = out_full(&poller->out);
		if (poller->behind || !fetch_next(poller->fetcher, &fetched))
			return;
		polled = fetched.owner;
		glance_count(&poller->glance);
		polled_take(polled, &fetched, clock_mono_us(), &poller->context);
		crowd_schedule(&poller->crowd, polled);
	}
}

static void make_room(struct poller *poller)
{
	limits_set(poller->crowd.count);
	fetch_keep(poller->fetcher, CONNECTIONS_PER_KIT * poller->crowd.count);
}

static int reload(struct poller *poller)
{
	int status =
		crowd_reload(&poller->crowd, poller->source, poller->fetcher, &poller->out.lines);

	make_room(poller);
	return status;
}

static int heed_signals(struct poller *poller)
{
	int signal_number;
	int status = 0;

	while (!status && (signal_number = signals_next()) != 0) {
		if (signal_is_stop(signal_number))
			poller->stopping = true;
		else if (signal_number == SIGHUP)
			status = reload(poller);
	}
	return status;
}

static void say_whether_reader_sleeps(struct poller *poller, int64_t now_us)
{
	bool full = out_full(&poller->out);
	uint64_t suppressed;

	if (!log_condition_changed(
		    &poller->reader_sleeps, &poller->log_limit, full, now_us, &suppressed))
		return;
	struct log_text count = log_number((int64_t)suppressed);
	if (full)
		log_warning("the reader does not keep up: asking nothing until it does",
			{"file", "stdout"}, {"suppressed", suppressed ? count.text : NULL});
	else
		log_info("the reader keeps up again", {"file", "stdout"},
			{"suppressed", suppressed ? count.text : NULL});
}

static void say_whether_too_many(struct poller *poller, int64_t now_us)
{
	bool full = fetch_full(poller->fetcher);
	uint64_t suppressed;

	if (!log_condition_changed(
		    &poller->too_many, &poller->log_limit, full, now_us, &suppressed))
		return;
	struct log_text count = log_number((int64_t)suppressed);
	if (full)
		log_warning("too many requests under way: others have to wait",
			{"most", log_number(FETCH_REQUESTS_MAX).text},
			{"suppressed", suppressed ? count.text : NULL});
	else
		log_info("no longer too many requests under way",
			{"most", log_number(FETCH_REQUESTS_MAX).text},
			{"suppressed", suppressed ? count.text : NULL});
}

static void say_what_stops_us(struct poller *poller)
{
	int64_t now_us = clock_mono_us();

	/* A spool says itself why it is full. */
	if (!poller->out.spool)
		say_whether_reader_sleeps(poller, now_us);
	say_whether_too_many(poller, now_us);
}

/* Until it can take more, or else for its end. */
static void watch_reader(struct poller *poller)
{
	uint32_t events = out_waits(&poller->out) ? EPOLLOUT : EPOLLERR;

	if (events != poller->watching)
		fetch_watch(poller->fetcher, out_fd(&poller->out), events);
	poller->watching = events;
}

/* When the next kit is to be asked, or the way out has something to do. What was left while the way
 * out was full is taken as soon as it is not: curl tells of it only once. */
static int64_t next_us(const struct poller *poller)
{
	bool full = out_full(&poller->out);
	bool wait = full || fetch_full(poller->fetcher);

	if (poller->behind && !full)
		return 0;
	int64_t kit_us = wait ? INT64_MAX : crowd_next_us(&poller->crowd);
	int64_t out_us = out_due_us(&poller->out);
	int64_t next_us = kit_us < out_us ? kit_us : out_us;

	return next_us < poller->glance.due_us ? next_us : poller->glance.due_us;
}

static int turn(struct poller *poller)
{
	bool ready;
	int status = out_full(&poller->out) ? 0 : ask_all_due(poller);

	if (status)
		return status;
	notify_alive(clock_mono_us());
	if (!poller->out.spool)
		watch_reader(poller);
	status = fetch_wait(poller->fetcher, next_us(poller), &ready);
	if (status)
		return status;
	take_replies(poller);
	if (ready)
		status = heed_signals(poller);
	if (ready && !status)
		status = out_look(&poller->out);
	if (!status)
		status = out_flush(&poller->out);
	say_what_stops_us(poller);
	glance_show(&poller->glance, &poller->crowd, clock_mono_us());
	return status;
}

/* Passes on what is left, for as long as `until_us` allows and nobody asks to stop. */
static int drain(struct poller *poller, int64_t until_us)
{
	struct pollfd watched[] = {
		{.fd = out_fd(&poller->out), .events = POLLOUT},
		{.fd = signals_fd(), .events = POLLIN},
	};
	int status = out_flush(&poller->out);

	while (!status && out_waits(&poller->out)) {
		int64_t left_us = until_us - clock_mono_us();
		if (left_us <= 0 || (signals_next() && !poller->stopping))
			break;
		poll(watched, 2, left_us > CLOCK_MINUTE_US ? 60000 : (int)(left_us / 1000) + 1);
		status = out_flush(&poller->out);
	}
	if (!status && out_waits(&poller->out))
		log_warning("the reader did not take the last lines", {"file", "stdout"});
	return status;
}

/* A single run does not wait for room: whoever started it will do so again. */
static int turn_once(struct poller *poller)
{
	const struct spool *spool = poller->out.spool;

	if (spool && spool_full(spool))
		return fail(EX_TEMPFAIL, "no room: not everything was asked",
			{"spool", spool->dir.path});
	return turn(poller);
}

static int run(struct poller *poller, bool once)
{
	bool watched = log_is_interactive() && (poller->out.spool || !isatty(STDOUT_FILENO));
	int status = 0;

	glance_open(&poller->glance, watched, clock_mono_us());
	make_room(poller);
	fetch_watch(poller->fetcher, signals_fd(), EPOLLIN);
	notify("READY=1");
	while (!status && !poller->stopping && !(once && crowd_finished(&poller->crowd)))
		status = once ? turn_once(poller) : turn(poller);
	log_status("");
	notify("STOPPING=1");
	if (status)
		return status;
	status = drain(poller, poller->stopping ? clock_mono_us() + PARTING_US : INT64_MAX);
	if (!status && once && !poller->stopping && !crowd_all_good(&poller->crowd))
		status = 1;
	return status;
}

int poller_run(const struct kits_source *source, struct kits *kits, bool once, struct spool *spool)
{
	struct poller poller = {.source = source};
	int status = fetch_open(&poller.fetcher);

	if (status)
		return status;
	out_open(&poller.out, spool);
	poller.context = (struct polled_context){
		.out = &poller.out.lines, .taken = crowd_has, .self = &poller.crowd};
	status = crowd_open(&poller.crowd, kits, once, &poller.out.lines);
	if (!status)
		status = run(&poller, once);
	fetch_free(poller.fetcher);
	crowd_release(&poller.crowd);
	out_release(&poller.out);
	buffer_release(&poller.context.scratch);
	return status;
}
