/* Batches into a sink: all of it or, after trying again, none; bad rows set aside; counted. */
#include "tools/wd-store/store.h"

#include "common/backoff.h"
#include "common/clock.h"
#include "common/log.h"
#include "common/stop.h"

#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <sysexits.h>
#include <unistd.h>

/* How a batch went so far: added to the counts once it is committed. */
struct outcome {
	size_t stored, unchanged, rejected, ignored;
};

int store_open(struct store *store, struct sink *sink, size_t most, bool fail_fast)
{
	*store = (struct store){.sink = sink, .fail_fast = fail_fast};
	srandom((unsigned)clock_wall_us() ^ (unsigned)getpid());
	return load_open(&store->load, most);
}

void store_close(struct store *store)
{
	store->sink->calls->close(store->sink);
	load_close(&store->load);
}

/* Puts what is loaded. */
static int put_load(struct store *store, struct outcome *outcome)
{
	size_t stored = 0;
	int status = store->sink->calls->put(store->sink, &store->load, &stored);

	if (status)
		return status;
	outcome->stored += stored;
	outcome->unchanged += store->load.read - stored;
	outcome->rejected += store->load.rejected;
	outcome->ignored += store->load.ignored;
	return 0;
}

/* Loads the lines and puts them below a mark, which is undone where a row is refused. */
static int put_marked(
	struct store *store, struct line *lines, size_t count, struct outcome *outcome)
{
	const struct sink_calls *calls = store->sink->calls;
	int status = load_lines(&store->load, lines, count);

	if (!status)
		status = calls->mark(store->sink);
	if (!status)
		status = put_load(store, outcome);
	if (!status)
		return calls->keep(store->sink);
	if (status != SINK_DATA)
		return status;
	int undone = calls->undo(store->sink);
	return undone ? undone : SINK_DATA;
}

/* The line becomes a row of `rejects`. */
static int set_aside(struct store *store, struct line *line, struct outcome *outcome)
{
	char reason[SINK_REASON_MAX + sizeof("refused: ")];

	snprintf(reason, sizeof(reason), "refused: %s", store->sink->reason);
	line->fault = reason;
	int status = put_marked(store, line, 1, outcome);
	line->fault = NULL;
	if (status == SINK_DATA)
		return fail(EX_UNAVAILABLE, "the database refuses the reject of a row, too",
			{"reason", store->sink->reason});
	log_warning("a row was refused and set aside", {"reason", reason});
	return status;
}

/* Halves what is refused until each bad line is alone. */
static int bisect(struct store *store, struct line *lines, size_t count, struct outcome *outcome)
{
	int status = put_marked(store, lines, count, outcome);

	if (status != SINK_DATA)
		return status;
	if (count == 1)
		return set_aside(store, lines, outcome);
	status = bisect(store, lines, count / 2, outcome);
	return status ? status : bisect(store, lines + count / 2, count - count / 2, outcome);
}

static int begin_with_all(struct store *store, const struct batch *batch)
{
	int status = load_lines(&store->load, batch->lines, batch->count);

	return status ? status : store->sink->calls->begin(store->sink, &store->load);
}

static int attempt(struct store *store, struct batch *batch, struct outcome *outcome)
{
	const struct sink_calls *calls = store->sink->calls;
	int status = begin_with_all(store, batch);

	*outcome = (struct outcome){0};
	if (!status)
		status = put_load(store, outcome);
	if (status == SINK_DATA) {
		calls->abandon(store->sink);
		status = begin_with_all(store, batch);
		if (!status)
			status = bisect(store, batch->lines, batch->count, outcome);
	}
	if (!status)
		status = calls->commit(store->sink);
	if (status)
		calls->abandon(store->sink);
	return status;
}

double store_wait_s(unsigned failures, double random)
{
	return random * backoff_wait_s(failures, 1, 30);
}

/* Waits a while; false when asked to stop meanwhile. */
static bool wait_patiently(const struct store *store, double seconds)
{
	int64_t until_us = clock_mono_us() + (int64_t)(seconds * 1e6);
	struct pollfd bell = {.fd = stop_fd(), .events = POLLIN};
	int64_t left_us;
	int signal_number;

	while ((left_us = until_us - clock_mono_us()) > 0) {
		poll(&bell, 1, (int)(left_us / 1000) + 1);
		while ((signal_number = stop_next()) != 0) {
			if (stop_asked(signal_number))
				return false;
			if (signal_number == SIGUSR1)
				store_report(store);
		}
	}
	return true;
}

/* After a failed attempt: 0 to try again, else EX_TEMPFAIL. */
static int retry(struct store *store)
{
	double wait_s = store_wait_s(++store->failures, (double)random() / 0x7fffffff);
	bool stopping = stop_was_asked();

	if (store->failures == 1 || store->failures % 8 == 0 || store->fail_fast || stopping)
		log_warning("the database is away", {"reason", store->sink->reason},
			{"attempts", log_number(store->failures).text});
	if (store->fail_fast)
		return EX_TEMPFAIL;
	if (stopping || !wait_patiently(store, wait_s))
		return fail(EX_TEMPFAIL, "asked to stop with lines that are not stored");
	return 0;
}

static void count(struct counts *counts, const struct outcome *outcome)
{
	counts->stored += outcome->stored;
	counts->unchanged += outcome->unchanged;
	counts->rejected += outcome->rejected;
	counts->ignored += outcome->ignored;
}

int store_batch(struct store *store, struct batch *batch)
{
	struct outcome outcome;
	int status;

	while ((status = attempt(store, batch, &outcome)) == SINK_AGAIN) {
		status = retry(store);
		if (status)
			return status;
	}
	if (status)
		return status;
	if (store->failures > 0)
		log_info("the database is back");
	store->failures = 0;
	count(&store->counts, &outcome);
	batch_clear(batch);
	return 0;
}

void store_report(const struct store *store)
{
	const struct counts *c = &store->counts;
	size_t waiting = c->read - c->stored - c->unchanged - c->rejected - c->ignored;
	char line[192];
	int used = snprintf(line, sizeof(line),
		"read=%zu stored=%zu unchanged=%zu rejected=%zu ignored=%zu", c->read, c->stored,
		c->unchanged, c->rejected, c->ignored);

	if (waiting > 0)
		snprintf(line + used, sizeof(line) - (size_t)used, " waiting=%zu", waiting);
	log_plain(line);
}
