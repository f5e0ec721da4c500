/* The loop: polls the kits that are due, handles their replies, writes lines. */
#include "tools/wd-poll/poller.h"

#include "common/lines/json.h"
#include "common/lines/output.h"
#include "common/log/log.h"
#include "common/process/notify.h"
#include "common/process/signals.h"
#include "common/time/clock.h"
#include "tools/wd-poll/rlimits.h"
#include "tools/wd-poll/schedule/announced_kits.h"
#include "tools/wd-poll/schedule/kit_set.h"
#include "tools/wd-poll/status_line.h"

#include <poll.h>
#include <signal.h>
#include <sys/epoll.h>
#include <sysexits.h>
#include <unistd.h>

/* How long the last lines may wait for their reader after SIGTERM: wd-poll ends within a second. */
#define PARTING_US (CLOCK_SECOND_US * 7 / 10)

enum {
	/* Requests that are started before replies are read again: a request that has been answered
	 * does not keep its memory while thousands of others are started. fetch_wait() handles
	 * more events at once than they cause. */
	STARTS_AT_ONCE = 64,
	UNRESPONSIVE_AT_ONCE = 32,
};

#define TICK_US (15 * CLOCK_SECOND_US)

struct poller {
	const struct kit_source *source;
	const struct poller_options *options;
	struct kit_set kits;
	struct announced_kits announced;
	struct fetcher *fetcher;
	struct output out;
	bool stopping;
	bool replies_left; /* requests that have ended wait for room in `out` */
	uint32_t watching; /* the events of epoll that stdout is watched for */
	int64_t tick_us;   /* when to write the next `tick` line */
	struct log_condition slow_reader, too_many;
	struct log_limit log_limit;
	struct status_line status_line;
};

/* Subtract the requests that are started from `*left`. */
static int poll_kit(struct poller *poller, struct kit_poll *poll, int64_t now_us, int *left)
{
	unsigned endpoints = schedule_take(&poll->schedule, now_us);
	int status = 0;

	for (int i = 0; i < ENDPOINT_COUNT && !status; i++) {
		if (!(endpoints & ENDPOINT_BIT(i)))
			continue;
		status = fetch_start(
			poller->fetcher, poll->kit, (enum endpoint)i, poll->is_responsive, poll);
		--*left;
	}
	kit_set_reschedule(&poller->kits, poll);
	return status;
}

/* Of kits that did not answer, only a few are polled at once, so that the others are not late when
 * thousands have timed out at the same moment. */
static int poll_due_kits(struct poller *poller)
{
	int64_t now_us = clock_mono_us();
	int status = 0, left = STARTS_AT_ONCE, unresponsive_left = UNRESPONSIVE_AT_ONCE;

	while (!status && left > 0 && !fetch_full(poller->fetcher, true)) {
		bool with_unresponsive =
			unresponsive_left > 0 && !fetch_full(poller->fetcher, false);
		struct kit_poll *poll = kit_set_next(&poller->kits, with_unresponsive, now_us);
		if (!poll)
			break;
		unresponsive_left -= !poll->is_responsive;
		status = poll_kit(poller, poll, now_us, &left);
	}
	return status;
}

/* While the reader is slow, requests that have ended stay in the fetcher, where they are
 * bounded. */
static void handle_replies(struct poller *poller)
{
	struct fetched fetched;

	for (;;) {
		poller->replies_left = output_full(&poller->out);
		if (poller->replies_left || !fetch_next(poller->fetcher, &fetched))
			return;
		status_line_count(&poller->status_line);
		kit_set_handle(&poller->kits, &fetched, clock_mono_us());
	}
}

static void set_limits(struct poller *poller)
{
	rlimits_set(poller->kits.count);
	fetch_keep(poller->fetcher, FETCH_IDLE_PER_KIT * poller->kits.count);
}

static int handle_signals(struct poller *poller)
{
	int signal_number, status = 0;

	while (!status && (signal_number = signals_next()) != 0) {
		if (signal_is_stop(signal_number)) {
			poller->stopping = true;
		} else if (signal_number == SIGHUP) {
			status = kit_set_reload(&poller->kits, poller->source, poller->fetcher);
			set_limits(poller);
		}
	}
	return status;
}

/* A sign of life while no kit is due or none answers. */
static void write_tick(struct poller *poller, int64_t now_us)
{
	struct buffer *out = &poller->out.lines;

	if (now_us < poller->tick_us || output_full(&poller->out))
		return;
	json_open(out, "tick");
	json_time(out, "time", clock_wall_us());
	json_text(out, "poller", span_of(poller->options->name));
	json_close(out);
	poller->tick_us = now_us + TICK_US;
}

static void log_slow_reader(struct poller *poller, int64_t now_us)
{
	bool full = output_full(&poller->out);
	uint64_t suppressed;

	if (!log_condition_changed(
		    &poller->slow_reader, &poller->log_limit, full, now_us, &suppressed))
		return;
	struct log_text count = log_number((int64_t)suppressed);
	if (full)
		log_warning("the reader does not keep up: polling stops until it does",
			{"file", "stdout"}, {"suppressed", suppressed ? count.text : NULL});
	else
		log_info("the reader keeps up again", {"file", "stdout"},
			{"suppressed", suppressed ? count.text : NULL});
}

static void log_full_fetcher(struct poller *poller, int64_t now_us)
{
	enum {
		NOT_FULL,
		FULL_FOR_UNRESPONSIVE,
		FULL
	} state = fetch_full(poller->fetcher, true)    ? FULL
		  : fetch_full(poller->fetcher, false) ? FULL_FOR_UNRESPONSIVE
						       : NOT_FULL;
	uint64_t suppressed;

	if (!log_condition_changed(
		    &poller->too_many, &poller->log_limit, (int)state, now_us, &suppressed))
		return;
	struct log_text count = log_number((int64_t)suppressed);
	const char *suppressed_text = suppressed ? count.text : NULL;
	if (state == FULL)
		log_warning("too many requests in flight: kits have to wait",
			{"max", log_number(FETCH_REQUESTS_MAX).text},
			{"suppressed", suppressed_text});
	else if (state == FULL_FOR_UNRESPONSIVE)
		log_warning("too many requests in flight: kits that do not answer have to wait",
			{"max", log_number(FETCH_UNRESPONSIVE_MAX).text},
			{"suppressed", suppressed_text});
	else
		log_info("no longer too many requests in flight",
			{"max", log_number(FETCH_REQUESTS_MAX).text},
			{"suppressed", suppressed_text});
}

static void log_limits_reached(struct poller *poller, int64_t now_us)
{
	/* The spool itself logs why it is full. */
	if (!poller->out.spool)
		log_slow_reader(poller, now_us);
	log_full_fetcher(poller, now_us);
}

/* Wait until the reader can take more, or for its end. */
static void watch_reader(struct poller *poller)
{
	uint32_t events = output_pending(&poller->out) ? EPOLLOUT : EPOLLERR;

	if (events != poller->watching)
		fetch_watch(poller->fetcher, output_fd(&poller->out), events);
	poller->watching = events;
}

static int64_t min(int64_t a, int64_t b)
{
	return a < b ? a : b;
}

/* Return when the next kit is due or the output has something to do. Replies that were left while
 * the output was full are handled as soon as it is not: curl reports each only once. */
static int64_t next_us(const struct poller *poller)
{
	int64_t at_us = min(output_next_us(&poller->out), poller->status_line.next_us);

	if (output_full(&poller->out))
		return at_us;
	if (poller->replies_left)
		return 0;
	if (!fetch_full(poller->fetcher, true))
		at_us = min(at_us, kit_set_next_us(&poller->kits, true));
	if (!fetch_full(poller->fetcher, false))
		at_us = min(at_us, kit_set_next_us(&poller->kits, false));
	return min(at_us, poller->tick_us);
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
	int64_t now_us = clock_mono_us();
	write_tick(poller, now_us);
	if (!status)
		status = output_flush(&poller->out);
	announced_kits_update(&poller->announced, &poller->kits);
	log_limits_reached(poller, now_us);
	status_line_show(&poller->status_line, &poller->kits, now_us);
	return status;
}

/* Write the rest, until `until_us` or until a signal requests to stop. */
static int flush_rest(struct poller *poller, int64_t until_us)
{
	struct pollfd watched[] = {
		{.fd = output_fd(&poller->out), .events = POLLOUT},
		{.fd = signals_fd(), .events = POLLIN},
	};
	int status = output_flush(&poller->out);

	while (!status && output_pending(&poller->out)) {
		int64_t left_us = until_us - clock_mono_us();
		while (signals_next())
			;
		if (left_us <= 0 || (stop_requested() && !poller->stopping))
			break;
		poll(watched, 2, left_us > CLOCK_MINUTE_US ? 60000 : (int)(left_us / 1000) + 1);
		status = output_flush(&poller->out);
	}
	if (!status && output_pending(&poller->out))
		log_warning("the reader did not take the last lines", {"file", "stdout"});
	return status;
}

/* --once does not wait for room in the spool: its caller will run it again. */
static int iterate_once(struct poller *poller)
{
	const struct spool *spool = poller->out.spool;

	if (spool && spool_full(spool))
		return fail(EX_TEMPFAIL, "no room: not everything was polled",
			{"spool", spool->dir.path});
	return iterate(poller);
}

static int run(struct poller *poller)
{
	bool once = poller->options->once;
	bool to_terminal = !poller->out.spool && isatty(STDOUT_FILENO);
	int status = 0;

	status_line_init(
		&poller->status_line, log_is_interactive() && !to_terminal, clock_mono_us());
	set_limits(poller);
	fetch_watch(poller->fetcher, signals_fd(), EPOLLIN);
	poller->tick_us = once ? INT64_MAX : clock_mono_us() + TICK_US;
	notify("READY=1");
	while (!status && !poller->stopping && !(once && kit_set_finished(&poller->kits)))
		status = once ? iterate_once(poller) : iterate(poller);
	log_status("");
	notify("STOPPING=1");
	if (status)
		return status;
	status = flush_rest(poller, poller->stopping ? clock_mono_us() + PARTING_US : INT64_MAX);
	if (!status && once && !poller->stopping && !kit_set_all_good(&poller->kits))
		status = 1;
	return status;
}

/* A poll of some kits, to try something, says nothing about the others. */
static bool polls_all_kits(const struct poller *poller)
{
	const struct kit_source *source = poller->source;

	return !poller->options->once && !source->ids->count && !source->tags->count;
}

int poller_run(const struct kit_source *source, struct kit_list *kits,
	const struct poller_options *options)
{
	struct poller poller = {.source = source, .options = options};
	int status = fetch_open(&poller.fetcher);

	if (status) {
		kit_list_release(kits);
		return status;
	}
	output_open(&poller.out, options->spool);
	status = kit_set_open(&poller.kits, kits, options->once, options->name, &poller.out.lines);
	if (!status && polls_all_kits(&poller))
		status = announced_kits_open(&poller.announced, options->spool, &poller.kits);
	if (!status)
		status = run(&poller);
	announced_kits_release(&poller.announced);
	fetch_free(poller.fetcher);
	kit_set_release(&poller.kits);
	output_release(&poller.out);
	return status;
}
