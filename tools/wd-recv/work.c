#include "tools/wd-recv/work.h"

#include "common/base/array.h"
#include "common/log/log.h"
#include "common/pipeline/cause.h"
#include "common/process/notify.h"
#include "common/process/signals.h"
#include "common/time/backoff.h"
#include "common/time/clock.h"
#include "tools/wd-recv/probe.h"

#include <signal.h>
#include <string.h>
#include <sysexits.h>

#define BACKOFF_S     1.0
#define BACKOFF_MAX_S 30.0

/* Number of failures that may be the data's fault, after which the messages are suspected. */
#define ATTEMPTS_MAX 3

/* The longest sleep: the watchdog is fed after each. */
#define SLEEP_US (5 * CLOCK_SECOND_US)

#define FDS_MAX 5

struct recv_failures {
	unsigned count;    /* in a row, without any progress */
	unsigned attempts; /* that may be the data's fault, since the last probe */
};

static void handle_signals(struct receiver *receiver, int64_t now_us)
{
	int signal_number;

	while ((signal_number = signals_next()) != 0) {
		if (signal_is_stop(signal_number) && !receiver->stop_us)
			receiver->stop_us = now_us;
		else if (signal_number == SIGHUP)
			receiver->woken = true;
	}
}

int64_t receiver_poll(struct receiver *receiver, struct pollfd *fds, size_t count, int64_t until_us)
{
	struct pollfd all[FDS_MAX] = {{0}};
	int64_t now_us = clock_mono_us();
	int64_t next_us = queue_link_next_us(&receiver->link, now_us);

	if (count > 0)
		memcpy(all, fds, count * sizeof(*fds));
	all[count] = (struct pollfd){.fd = signals_fd(), .events = POLLIN};
	all[count + 1] = (struct pollfd){.fd = queue_link_fd(&receiver->link), .events = POLLIN};
	if (next_us < until_us)
		until_us = next_us;
	if (now_us + SLEEP_US < until_us)
		until_us = now_us + SLEEP_US;
	if (poll(all, count + 2, until_us > now_us ? (int)((until_us - now_us) / 1000) + 1 : 0) < 0)
		memset(all, 0, sizeof(all));
	for (size_t i = 0; i < count; i++)
		fds[i].revents = all[i].revents;
	now_us = clock_mono_us();
	handle_signals(receiver, now_us);
	notify_alive(now_us);
	return now_us;
}

/* Wait without a connection; shorter when a signal comes. */
static void pause_for(struct receiver *receiver, double wait_s)
{
	int64_t now_us = clock_mono_us();
	int64_t until_us = now_us + (int64_t)(wait_s * CLOCK_SECOND_US);

	receiver->woken = false;
	while (now_us < until_us && !receiver_is_stopping(receiver) && !receiver->woken) {
		/* The link is down and stays so: its own time does not matter. */
		struct pollfd signals = {.fd = signals_fd(), .events = POLLIN};
		int64_t wait_us = until_us - now_us < SLEEP_US ? until_us - now_us : SLEEP_US;
		poll(&signals, 1, (int)(wait_us / 1000) + 1);
		now_us = clock_mono_us();
		handle_signals(receiver, now_us);
		notify_alive(now_us);
	}
}

static int await_link(struct receiver *receiver)
{
	int64_t now_us = clock_mono_us();
	int status = 0;

	while (!status && !queue_link_is_up(&receiver->link) && !receiver_is_stopping(receiver)) {
		status = queue_link_run(&receiver->link, now_us);
		if (!status && !queue_link_is_up(&receiver->link))
			now_us = receiver_poll(receiver, NULL, 0, INT64_MAX);
	}
	return status;
}

static const char *failure_text(const struct session_outcome *outcome)
{
	switch (outcome->kind) {
	case SESSION_NO_ACKS:
		return "COMMAND drops marks: nothing was acknowledged";
	case SESSION_NO_SINK:
		return "COMMAND does not acknowledge: nothing was acknowledged";
	default:
		return outcome->end || outcome->status ? "COMMAND failed" : "COMMAND ended";
	}
}

static void log_failure(const struct session_outcome *outcome, double retry_s)
{
	struct cause_text how = cause_describe(outcome->end ? outcome->end : outcome->status << 8);
	bool is_no_sink = outcome->kind == SESSION_NO_ACKS || outcome->kind == SESSION_NO_SINK;

	log_warning(failure_text(outcome), {how.key, how.value},
		{"messages", log_number((int64_t)outcome->messages).text},
		{"hint", is_no_sink ? "end COMMAND with wd-store --acknowledge" : NULL},
		{retry_s > 0 ? "retry_in" : NULL, log_seconds(retry_s).text});
}

/* What follows from a session. Returns 0 to go on, or an exit status. */
static int handle_outcome(struct receiver *receiver, struct recv_failures *failures,
	const struct session_outcome *outcome)
{
	double wait_s;

	if (outcome->progressed)
		failures->count = 0;
	switch (outcome->kind) {
	case SESSION_DONE:
	case SESSION_STOPPED:
	case SESSION_LOST:
		return 0;
	case SESSION_NO_SINK:
		log_failure(outcome, 0);
		return outcome->status;
	default:
		failures->count++;
		wait_s = cause_is_permanent(outcome->status)
				 ? BACKOFF_MAX_S
				 : backoff_wait_s(failures->count, BACKOFF_S, BACKOFF_MAX_S);
		log_failure(outcome, wait_s);
		pause_for(receiver, wait_s);
		return 0;
	}
}

int receiver_work(struct receiver *receiver)
{
	struct recv_failures failures = {0};
	struct session_outcome outcome;
	int status = await_link(receiver);

	while (!status && !receiver_is_stopping(receiver)) {
		if (failures.attempts >= ATTEMPTS_MAX) {
			failures.attempts = 0;
			probe(receiver, &outcome);
		} else {
			session_run(receiver, &outcome);
			failures.attempts += outcome.kind == SESSION_DATA;
		}
		/* What was not acknowledged goes to other receivers at once. */
		if (queue_link_is_up(&receiver->link) && !receiver_is_stopping(receiver))
			queue_link_reset(&receiver->link);
		status = handle_outcome(receiver, &failures, &outcome);
		if (!status)
			status = await_link(receiver);
	}
	return status;
}
