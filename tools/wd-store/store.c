/* Lines into a sink: sent while the next are read, tried again, counted. */
#include "tools/wd-store/store.h"

#include "common/array.h"
#include "common/backoff.h"
#include "common/clock.h"
#include "common/log.h"
#include "common/signals.h"
#include "tools/wd-store/careful.h"

#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>
#include <unistd.h>

/* Of a long outage every so many attempts are mentioned: about one a quarter of an hour. */
#define MENTION_EVERY 60

static int open_slot(struct slot *slot, size_t most)
{
	int status = batch_open(&slot->batch, most);

	return status ? status : load_open(&slot->load, most);
}

int store_open(struct store *store, struct sink *sink, size_t most, bool fail_fast)
{
	*store = (struct store){.sink = sink, .fail_fast = fail_fast};
	store->filling = &store->slots[0];
	srandom((unsigned)clock_wall_us() ^ (unsigned)getpid());
	int status = open_slot(&store->slots[0], most);
	return status ? status : open_slot(&store->slots[1], most);
}

void store_close(struct store *store)
{
	busy_close(&store->busy);
	store->sink->calls->close(store->sink);
	for (size_t i = 0; i < ARRAY_SIZE(store->slots); i++) {
		batch_close(&store->slots[i].batch);
		load_close(&store->slots[i].load);
	}
}

int store_acknowledge(struct store *store, int fd)
{
	store->acknowledges = true;
	store->ack_fd = fd;
	return busy_open(&store->busy, fd);
}

double store_wait_s(unsigned failures, double random)
{
	return random * backoff_wait_s(failures, 1, 30);
}

/* Waits a while; false when asked to stop meanwhile. */
static bool wait_patiently(const struct store *store, double seconds)
{
	int64_t until_us = clock_mono_us() + (int64_t)(seconds * 1e6);
	struct pollfd bell = {.fd = signals_fd(), .events = POLLIN};
	int64_t left_us;
	int signal_number;

	while ((left_us = until_us - clock_mono_us()) > 0) {
		poll(&bell, 1, (int)(left_us / 1000) + 1);
		while ((signal_number = signals_next()) != 0) {
			if (signal_is_stop(signal_number))
				return false;
			if (signal_number == SIGUSR1)
				counts_report(store->counts);
		}
	}
	return true;
}

/* After a failed attempt: 0 to try again, else EX_TEMPFAIL. */
static int give_it_time(struct store *store)
{
	double wait_s = store_wait_s(++store->failures, (double)random() / 0x7fffffff);

	if (store->failures % MENTION_EVERY == 1 || strcmp(store->mentioned, store->sink->reason))
		log_warning("the database is away", {"reason", store->sink->reason},
			{"attempts", log_number(store->failures).text});
	memcpy(store->mentioned, store->sink->reason, sizeof(store->mentioned));
	if (store->fail_fast)
		return EX_TEMPFAIL;
	busy_begin(&store->busy, BUSY_DATABASE);
	if (stop_requested() || !wait_patiently(store, wait_s))
		return fail(EX_TEMPFAIL, "asked to stop before everything was stored",
			{"reason", store->sink->reason},
			{"attempts", log_number(store->failures).text});
	return 0;
}

static void send(struct store *store, struct slot *slot)
{
	slot->sent = true;
	busy_begin(&store->busy, BUSY_STATEMENT);
	slot->status = store->sink->calls->send(store->sink, &slot->load);
	busy_end(&store->busy);
}

/* Adds to `counts` once the slot's lines are committed. */
static int settle(struct store *store, struct slot *slot, struct counts *counts)
{
	const struct sink_calls *calls = store->sink->calls;
	size_t stored = 0;
	int status = slot->status;

	if (!status)
		status = calls->finish(store->sink, &slot->load, &stored);
	if (!status)
		load_count(&slot->load, stored, counts);
	if (status == SINK_DATA) {
		calls->abandon(store->sink);
		status = careful_store(store->sink, &slot->batch, &slot->load, counts);
	}
	if (status)
		calls->abandon(store->sink);
	return status;
}

/* The load of a slot may have been used for parts of it. */
static int send_again(struct store *store, struct slot *slot)
{
	int status = load_lines(&slot->load, slot->batch.lines, slot->batch.count);

	if (!status)
		send(store, slot);
	return status;
}

/* One write, which is atomic because a line is shorter than PIPE_BUF. */
static int write_ack(struct store *store, const struct mark *mark)
{
	struct counts counts = counts_since(store->counts, &store->acknowledged);
	struct buffer line = {0};

	ack_format(&line, mark, &counts);
	int status = buffer_write(&line, store->ack_fd, "stdout");
	buffer_release(&line);
	counts_add(&store->acknowledged, &counts);
	return status;
}

static int write_acks(struct store *store, struct slot *slot)
{
	int status = 0;

	for (size_t i = 0; i < slot->mark_count && !status; i++)
		status = write_ack(store, &slot->marks[i]);
	slot->mark_count = 0;
	return status;
}

/* Try until the slot is settled. */
static int settle_or_retry(struct store *store, struct slot *slot)
{
	int status;

	busy_begin(&store->busy, BUSY_STATEMENT);
	while ((status = settle(store, slot, store->counts)) == SINK_AGAIN) {
		status = give_it_time(store);
		busy_begin(&store->busy, BUSY_STATEMENT);
		if (!status)
			status = send_again(store, slot);
		if (status)
			break;
	}
	busy_end(&store->busy);
	return status;
}

static int finish(struct store *store, struct slot *slot)
{
	int status = settle_or_retry(store, slot);

	if (status)
		return status;
	if (store->failures > 0)
		log_info("the database is back", {"attempts", log_number(store->failures).text});
	store->failures = 0;
	store->mentioned[0] = '\0';
	if (slot->load.rows[TABLE_KIT].count > 0)
		store->sink->calls->check_kits(store->sink);
	slot->sent = false;
	batch_clear(&slot->batch);
	load_clear(&slot->load);
	return write_acks(store, slot);
}

static struct slot *other(struct store *store)
{
	return store->filling == &store->slots[0] ? &store->slots[1] : &store->slots[0];
}

int store_finish(struct store *store)
{
	return other(store)->sent ? finish(store, other(store)) : 0;
}

int store_send(struct store *store)
{
	int status = store_finish(store);

	if (status || store->filling->batch.count == 0)
		return status;
	send(store, store->filling);
	store->filling = other(store);
	return 0;
}

int store_mark(struct store *store, const struct mark *mark)
{
	struct slot *slot = store->filling->batch.count > 0 ? store->filling : other(store);
	int status = 0;

	if (slot->mark_count == MARKS_MAX) {
		status = store_send(store);
		if (!status)
			status = store_finish(store);
	}
	if (status)
		return status;
	if (slot->batch.count == 0)
		return write_ack(store, mark);
	slot->marks[slot->mark_count++] = *mark;
	return 0;
}

size_t store_waiting(const struct store *store)
{
	return store->filling->batch.count;
}

int store_line(struct store *store, struct span line, const char *fault)
{
	int status = 0;

	if (batch_is_full(&store->filling->batch, line.length))
		status = store_send(store);
	if (status)
		return status;
	store->counts->read++;
	store->counts->bytes += line.length + 1;
	return load_line(&store->filling->load, batch_add(&store->filling->batch, line, fault));
}
