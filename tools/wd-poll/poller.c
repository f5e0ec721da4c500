/* The loop: asks the kits that are due, takes their replies, writes lines. */
#include "tools/wd-poll/poller.h"

#include "common/clock.h"
#include "common/log.h"
#include "common/notify.h"
#include "common/output.h"
#include "common/signals.h"
#include "tools/wd-poll/rlimits.h"
#include "tools/wd-poll/schedule/kit_set.h"
#include "tools/wd-poll/status_line.h"

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
	const struct kit_source *source;
	struct kit_set set;
	struct fetcher *fetcher;
	struct output out;
	struct kit_poll_context context;
	bool stopping;
	bool behind;       /* replies that have ended wait for room in `out` */
	uint32_t watching; /* what stdout is watched for, of epoll */
	struct log_condition reader_sleeps, too_many;
	struct log_limit log_limit;
	struct status_line status_line;
};

static int poll_kit(struct poller *poller, struct kit_poll *poll, int64_t now_us)
{
	unsigned endpoints = schedule_take(&poll->schedule, now_us);
	int status = 0;

	for (int i = 0; i < ENDPOINT_COUNT && !status; i++) {
		if (endpoints & ENDPOINT_BIT(i))
			status = fetch_start(poller->fetcher, poll->kit, (enum endpoint)i, poll);
	}
	kit_set_reschedule(&poller->set, poll);
	return status;
}

static int poll_due_kits(struct poller *poller)
{
	int64_t now_us = clock_mono_us();
	struct kit_poll *poll;
	int status = 0;

	while (!status && !fetch_full(poller->fetcher) &&
		(poll = kit_set_next(&poller->set, now_us)) != NULL)
		status = poll_kit(poller, poll, now_us);
	return status;
}

/* What has ended while the reader sleeps stays where it is: it is bounded there. */
static void handle_replies(struct poller *poller)
{
	struct fetched fetched;

	for (;;) {
		struct kit_poll *poll;
		poller->behind = output_full(&poller->out);
		if (poller->behind || !fetch_next(poller->fetcher, &fetched))
			return;
		poll = fetched.owner;
		status_line_count(&poller->status_line);
		kit_poll_handle(poll, &fetched, clock_mono_us(), &poller->context);
		kit_set_reschedule(&poller->set, poll);
	}
}

static void set_limits(struct poller *poller)
{
	rlimits_set(poller->set.count);
	fetch_keep(poller->fetcher, CONNECTIONS_PER_KIT * poller->set.count);
}

static int reload(struct poller *poller)
{
	int status =
		kit_set_reload(&poller->set, poller->source, poller->fetcher, &poller->out.lines);

	set_limits(poller);
	return status;
}

static int handle_signals(struct poller *poller)
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

static void log_slow_reader(struct poller *poller, int64_t now_us)
{
	bool full = output_full(&poller->out);
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

static void log_full_fetcher(struct poller *poller, int64_t now_us)
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

static void log_limits_reached(struct poller *poller)
{
	int64_t now_us = clock_mono_us();

	/* A spool says itself why it is full. */
	if (!poller->out.spool)
		log_slow_reader(poller, now_us);
	log_full_fetcher(poller, now_us);
}

/* Until it can take more, or else for its end. */
static void watch_reader(struct poller *poller)
{
	uint32_t events = output_pending(&poller->out) ? EPOLLOUT : EPOLLERR;

	if (events != poller->watching)
		fetch_watch(poller->fetcher, output_fd(&poller->out), events);
	poller->watching = events;
}

/* When the next kit is to be asked, or the way out has something to do. What was left while the way
 * out was full is taken as soon as it is not: curl tells of it only once. */
static int64_t next_us(const struct poller *poller)
{
	bool full = output_full(&poller->out);
	bool wait = full || fetch_full(poller->fetcher);

	if (poller->behind && !full)
		return 0;
	int64_t kit_us = wait ? INT64_MAX : kit_set_next_us(&poller->set);
	int64_t out_us = output_next_us(&poller->out);
	int64_t next_us = kit_us < out_us ? kit_us : out_us;

	return next_us < poller->status_line.due_us ? next_us : poller->status_line.due_us;
}

static int iterate(struct poller *poller)
{
	bool ready;
	int status = output_full(&poller->out) ? 0 : poll_due_kits(poller);

	if (status)
		return status;
	notify_alive(clock_mono_us());
	if (!poller->out.spool)
		watch_reader(poller);
	status = fetch_wait(poller->fetcher, next_us(poller), &ready);
	if (status)
		return status;
	handle_replies(poller);
	if (ready)
		status = handle_signals(poller);
	if (ready && !status)
		status = output_check(&poller->out);
	if (!status)
		status = output_flush(&poller->out);
	log_limits_reached(poller);
	status_line_show(&poller->status_line, &poller->set, clock_mono_us());
	return status;
}

/* Passes on what is left, for as long as `until_us` allows and nobody asks to stop. */
static int flush_rest(struct poller *poller, int64_t until_us)
{
	struct pollfd watched[] = {
		{.fd = output_fd(&poller->out), .events = POLLOUT},
		{.fd = signals_fd(), .events = POLLIN},
	};
	int status = output_flush(&poller->out);

	while (!status && output_pending(&poller->out)) {
		int64_t left_us = until_us - clock_mono_us();
		if (left_us <= 0 || (signals_next() && !poller->stopping))
			break;
		poll(watched, 2, left_us > CLOCK_MINUTE_US ? 60000 : (int)(left_us / 1000) + 1);
		status = output_flush(&poller->out);
	}
	if (!status && output_pending(&poller->out))
		log_warning("the reader did not take the last lines", {"file", "stdout"});
	return status;
}

/* A single run does not wait for room: whoever started it will do so again. */
static int iterate_once(struct poller *poller)
{
	const struct spool *spool = poller->out.spool;

	if (spool && spool_full(spool))
		return fail(EX_TEMPFAIL, "no room: not everything was asked",
			{"spool", spool->dir.path});
	return iterate(poller);
}

static int run(struct poller *poller, bool once)
{
	bool watched = log_is_interactive() && (poller->out.spool || !isatty(STDOUT_FILENO));
	int status = 0;

	status_line_init(&poller->status_line, watched, clock_mono_us());
	set_limits(poller);
	fetch_watch(poller->fetcher, signals_fd(), EPOLLIN);
	notify("READY=1");
	while (!status && !poller->stopping && !(once && kit_set_finished(&poller->set)))
		status = once ? iterate_once(poller) : iterate(poller);
	log_status("");
	notify("STOPPING=1");
	if (status)
		return status;
	status = flush_rest(poller, poller->stopping ? clock_mono_us() + PARTING_US : INT64_MAX);
	if (!status && once && !poller->stopping && !kit_set_all_good(&poller->set))
		status = 1;
	return status;
}

int poller_run(
	const struct kit_source *source, struct kit_list *kits, bool once, struct spool *spool)
{
	struct poller poller = {.source = source};
	int status = fetch_open(&poller.fetcher);

	if (status)
		return status;
	output_open(&poller.out, spool);
	poller.context = (struct kit_poll_context){
		.out = &poller.out.lines, .taken = kit_set_has, .self = &poller.set};
	status = kit_set_open(&poller.set, kits, once, &poller.out.lines);
	if (!status)
		status = run(&poller, once);
	fetch_free(poller.fetcher);
	kit_set_release(&poller.set);
	output_release(&poller.out);
	buffer_release(&poller.context.scratch);
	return status;
}
