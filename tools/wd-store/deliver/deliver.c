#include "tools/wd-store/deliver/deliver.h"

#include "common/process/signals.h"
#include "common/record/reject.h"
#include "common/time/backoff.h"
#include "common/time/clock.h"
#include "tools/wd-store/deliver/probe.h"

#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>

/* One of this many attempts is logged during a long outage: about four messages an hour. */
#define LOG_EVERY 60

/* To find one row takes a second, to find thousands takes minutes: then the log says so, and a
 * signal to stop ends the search before a service manager kills the process (TimeoutStopSec). */
#define SPLIT_LOG_S  5
#define SPLIT_STOP_S 5

#define RACES_MAX   5
#define RACE_WAIT_S 0.1

double deliver_wait_s(unsigned failures, double random)
{
	return random * backoff_wait_s(failures, 1, 30);
}

/* A trigger may raise any error, and a statement may be cancelled because of its size: only a
 * synthetic row can tell these from an unavailable database. A single line that takes too long
 * waits for a lock of others. */
static enum deliver_action after_retry(
	const struct deliver_history *history, const struct sink_error *error, size_t count)
{
	bool same = *error->code && strcmp(history->code, error->code) == 0;

	if (error->raised || (error->too_slow && same && count > 1))
		return DELIVER_PROBE;
	return DELIVER_WAIT;
}

/* A limit of the configuration is not the fault of a row, even where smaller batches keep it. */
static bool is_limit(const struct sink_error *error)
{
	return strcmp(error->code, "53400") == 0 && !error->raised;
}

enum deliver_action deliver_decide(struct deliver_history *history, enum sink_result result,
	const struct sink_error *error, size_t count)
{
	enum deliver_action action = DELIVER_GIVE_UP;

	switch (result) {
	case SINK_OK:
	case SINK_FAILED:
		break;
	case SINK_RETRY:
		action = after_retry(history, error, count);
		break;
	case SINK_RACE:
		action = ++history->races <= RACES_MAX ? DELIVER_AGAIN : DELIVER_WAIT;
		break;
	case SINK_REFUSED:
		action = DELIVER_SPLIT;
		break;
	case SINK_SUSPECT:
		action = is_limit(error) ? DELIVER_GIVE_UP : DELIVER_PROBE;
		break;
	}
	memcpy(history->code, error->code, sizeof(history->code));
	return action;
}

static double random_share(void)
{
	return (double)random() / 0x7fffffff;
}

/* Wait; false if asked to stop meanwhile. */
static bool wait_or_stop(const struct delivery *delivery, double seconds)
{
	int64_t until_us = clock_mono_us() + (int64_t)(seconds * 1e6);
	struct pollfd signals = {.fd = signals_fd(), .events = POLLIN};
	int64_t left_us;
	int signal_number;

	while ((left_us = until_us - clock_mono_us()) > 0) {
		poll(&signals, 1, (int)(left_us / 1000) + 1);
		while ((signal_number = signals_next()) != 0) {
			if (signal_is_stop(signal_number))
				return false;
			if (signal_number == SIGUSR1)
				counts_report(delivery->counts);
		}
	}
	return true;
}

static int wait_before_retry(struct delivery *delivery)
{
	const char *reason = delivery->sink->error.reason;
	double wait_s = deliver_wait_s(++delivery->failures, random_share());
	const struct log_text attempts = log_number(delivery->failures);

	if (delivery->failures % LOG_EVERY == 1 || strcmp(delivery->logged_reason, reason) != 0)
		log_warning("the database is unavailable", {"reason", reason},
			{"attempts", attempts.text}, {"hint", delivery->sink->error.hint});
	snprintf(delivery->logged_reason, sizeof(delivery->logged_reason), "%s", reason);
	if (delivery->fail_fast)
		return EX_TEMPFAIL;
	busy_begin(delivery->busy, BUSY_DATABASE);
	bool stopped = stop_requested() || !wait_or_stop(delivery, wait_s);
	busy_begin(delivery->busy, BUSY_STATEMENT);
	if (stopped)
		return fail(EX_TEMPFAIL, "stopped before everything was stored", {"reason", reason},
			{"attempts", attempts.text});
	return 0;
}

static enum sink_result finish(struct delivery *delivery)
{
	struct sink *sink = delivery->sink;
	size_t stored;
	enum sink_result result = sink_finish(sink, &stored);

	if (result == SINK_OK)
		rows_count(delivery->rows, stored, delivery->counts);
	else
		sink->calls->abandon(sink);
	return result;
}

static enum sink_result attempt(
	struct delivery *delivery, const struct batch_line *lines, size_t count)
{
	struct sink *sink = delivery->sink;

	sink->error.status = rows_set_lines(delivery->rows, lines, count);
	if (sink->error.status)
		return SINK_FAILED;
	sink_send(sink, delivery->rows);
	return finish(delivery);
}

/* As deliver_decide(), with the probe carried out. Keeps the error of the lines if it succeeds. */
static enum deliver_action decide(struct delivery *delivery, struct deliver_history *history,
	enum sink_result result, size_t count)
{
	struct sink *sink = delivery->sink;
	const struct sink_error error = sink->error;
	enum deliver_action action = deliver_decide(history, result, &error, count);

	if (action == DELIVER_GIVE_UP && result == SINK_SUSPECT)
		sink_report(sink);
	if (action != DELIVER_PROBE)
		return action;
	enum sink_result probed = probe_sink(sink);
	if (probed == SINK_OK) {
		sink->error = error;
		delivery->too_slow = delivery->too_slow || (error.too_slow && !error.raised);
		return DELIVER_SPLIT;
	}
	sink->calls->abandon(sink);
	if (probed == SINK_SUSPECT)
		sink_report(sink);
	return probed == SINK_RETRY || probed == SINK_RACE ? DELIVER_WAIT : DELIVER_GIVE_UP;
}

static int settle(struct delivery *delivery, const struct batch_line *lines, size_t count,
	enum sink_result result, const struct deliver_history *before);

/* The line becomes a row of `rejects`; if that is refused, too, with all its text in ASCII. */
static int reject(struct delivery *delivery, const struct batch_line *line)
{
	char reason[REJECT_REASON_SIZE];
	const struct batch_line refused = {line->text, reason};
	const struct deliver_history none = {0};
	const char *code = delivery->sink->error.reason;

	if (line->fault && delivery->rows->ascii)
		return fail(EX_UNAVAILABLE, "the database refuses a row and its reject",
			{"reason", code});
	if (!line->fault) {
		delivery->refused++;
		snprintf(delivery->refused_reason, sizeof(delivery->refused_reason), "%s", code);
	}
	reject_reason(reason, REJECT_REFUSED, code);
	delivery->rows->ascii = line->fault != NULL;
	const struct batch_line *row = line->fault ? line : &refused;
	int status = settle(delivery, row, 1, attempt(delivery, row, 1), &none);
	delivery->rows->ascii = false;
	return status;
}

static bool is_longer_ago(int64_t *since_us, double seconds)
{
	int64_t now_us = clock_mono_us();

	if (!*since_us)
		*since_us = now_us;
	return (double)(now_us - *since_us) > seconds * 1e6;
}

/* Before a part is split again: log a long search; EX_TEMPFAIL if it must stop. */
static int check_split(struct delivery *delivery)
{
	const char *reason = delivery->sink->error.reason;

	if (is_longer_ago(&delivery->split_since_us, SPLIT_LOG_S) && !delivery->is_split_logged) {
		delivery->is_split_logged = true;
		log_warning("the database refuses rows of a batch: still searching for them",
			{"reason", reason});
	}
	if (stop_requested() && is_longer_ago(&delivery->stop_since_us, SPLIT_STOP_S))
		return fail(
			EX_TEMPFAIL, "stopped before everything was stored", {"reason", reason});
	return 0;
}

static int split(struct delivery *delivery, const struct batch_line *lines, size_t count,
	const struct deliver_history *history)
{
	const size_t half = count / 2;
	int status = check_split(delivery);

	if (status)
		return status;
	if (count == 1)
		return reject(delivery, lines);
	status = settle(delivery, lines, half, attempt(delivery, lines, half), history);
	if (status)
		return status;
	lines += half;
	return settle(
		delivery, lines, count - half, attempt(delivery, lines, count - half), history);
}

/* Go on after an attempt at these lines had `result`, until each is stored or rejected. `before`:
 * how the range that they are a part of failed. */
static int settle(struct delivery *delivery, const struct batch_line *lines, size_t count,
	enum sink_result result, const struct deliver_history *before)
{
	struct deliver_history history = *before;

	history.races = 0;
	while (result != SINK_OK) {
		int status = 0;
		switch (decide(delivery, &history, result, count)) {
		case DELIVER_AGAIN:
			wait_or_stop(delivery, RACE_WAIT_S * random_share());
			break;
		case DELIVER_WAIT:
			status = wait_before_retry(delivery);
			break;
		case DELIVER_SPLIT:
		case DELIVER_PROBE:
			return split(delivery, lines, count, &history);
		case DELIVER_GIVE_UP:
			status = delivery->sink->error.status;
			break;
		}
		if (status)
			return status;
		result = attempt(delivery, lines, count);
	}
	return 0;
}

static void report(struct delivery *delivery)
{
	if (delivery->failures > 0)
		log_info("the database is available again",
			{"attempts", log_number(delivery->failures).text});
	if (delivery->refused > 0)
		log_warning("the database refused rows; they are in rejects",
			{"rows", log_number((int64_t)delivery->refused).text},
			{"reason", delivery->refused_reason});
	delivery->failures = 0;
	delivery->logged_reason[0] = '\0';
}

int deliver(struct delivery *delivery, const struct batch *batch, struct rows *rows)
{
	const struct deliver_history none = {0};

	delivery->rows = rows;
	delivery->refused = 0;
	delivery->split_since_us = delivery->stop_since_us = 0;
	delivery->is_split_logged = false;
	enum sink_result result = finish(delivery);
	delivery->is_as_sent = result == SINK_OK;
	int status = settle(delivery, batch->lines, batch->count, result, &none);
	if (!status)
		report(delivery);
	return status;
}
