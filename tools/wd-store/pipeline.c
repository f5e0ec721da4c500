/* Lines into a sink: sent while the next are read, tried again, counted. */
#include "tools/wd-store/pipeline.h"

#include "common/array.h"
#include "common/backoff.h"
#include "common/clock.h"
#include "common/log.h"
#include "common/signals.h"
#include "tools/wd-store/bisect.h"

#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>
#include <unistd.h>

/* Of a long outage every so many attempts are logged_reason: about one a quarter of an hour. */
#define LOG_EVERY 60

static int open_slot(struct slot *slot, size_t most)
{
	int status = batch_open(&slot->batch, most);

	return status ? status : rows_init(&slot->rows, most);
}

int pipeline_open(struct pipeline *pipeline, struct sink *sink, size_t most, bool fail_fast)
{
	*pipeline = (struct pipeline){.sink = sink, .fail_fast = fail_fast};
	pipeline->filling = &pipeline->slots[0];
	srandom((unsigned)clock_wall_us() ^ (unsigned)getpid());
	int status = open_slot(&pipeline->slots[0], most);
	return status ? status : open_slot(&pipeline->slots[1], most);
}

void pipeline_close(struct pipeline *pipeline)
{
	busy_close(&pipeline->busy);
	pipeline->sink->calls->close(pipeline->sink);
	for (size_t i = 0; i < ARRAY_SIZE(pipeline->slots); i++) {
		batch_close(&pipeline->slots[i].batch);
		rows_release(&pipeline->slots[i].rows);
	}
}

int pipeline_acknowledge(struct pipeline *pipeline, int fd)
{
	pipeline->acknowledges = true;
	pipeline->ack_fd = fd;
	return busy_open(&pipeline->busy, fd);
}

double pipeline_wait_s(unsigned failures, double random)
{
	return random * backoff_wait_s(failures, 1, 30);
}

/* Waits a while; false when asked to stop meanwhile. */
static bool wait_or_stop(const struct pipeline *pipeline, double seconds)
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
				counts_report(pipeline->counts);
		}
	}
	return true;
}

/* After a failed attempt: 0 to try again, else EX_TEMPFAIL. */
static int wait_before_retry(struct pipeline *pipeline)
{
	double wait_s = pipeline_wait_s(++pipeline->failures, (double)random() / 0x7fffffff);

	if (pipeline->failures % LOG_EVERY == 1 ||
		strcmp(pipeline->logged_reason, pipeline->sink->reason))
		log_warning("the database is away", {"reason", pipeline->sink->reason},
			{"attempts", log_number(pipeline->failures).text});
	memcpy(pipeline->logged_reason, pipeline->sink->reason, sizeof(pipeline->logged_reason));
	if (pipeline->fail_fast)
		return EX_TEMPFAIL;
	busy_begin(&pipeline->busy, BUSY_DATABASE);
	if (stop_requested() || !wait_or_stop(pipeline, wait_s))
		return fail(EX_TEMPFAIL, "asked to stop before everything was stored",
			{"reason", pipeline->sink->reason},
			{"attempts", log_number(pipeline->failures).text});
	return 0;
}

static void send(struct pipeline *pipeline, struct slot *slot)
{
	slot->sent = true;
	busy_begin(&pipeline->busy, BUSY_STATEMENT);
	slot->status = pipeline->sink->calls->send(pipeline->sink, &slot->rows);
	busy_end(&pipeline->busy);
}

/* Adds to `counts` once the slot's lines are committed. */
static int settle(struct pipeline *pipeline, struct slot *slot, struct counts *counts)
{
	const struct sink_calls *calls = pipeline->sink->calls;
	size_t stored = 0;
	int status = slot->status;

	if (!status)
		status = calls->finish(pipeline->sink, &slot->rows, &stored);
	if (!status)
		rows_count(&slot->rows, stored, counts);
	if (status == SINK_DATA) {
		calls->abandon(pipeline->sink);
		status = bisect_store(pipeline->sink, &slot->batch, &slot->rows, counts);
	}
	if (status)
		calls->abandon(pipeline->sink);
	return status;
}

/* The rows of a slot may have been used for parts of it. */
static int send_again(struct pipeline *pipeline, struct slot *slot)
{
	int status = rows_set_lines(&slot->rows, slot->batch.lines, slot->batch.count);

	if (!status)
		send(pipeline, slot);
	return status;
}

/* One write, which is atomic because a line is shorter than PIPE_BUF. */
static int write_ack(struct pipeline *pipeline, const struct mark *mark)
{
	struct counts counts = counts_since(pipeline->counts, &pipeline->acknowledged);
	struct buffer line = {0};

	ack_format(&line, mark, &counts);
	int status = buffer_write(&line, pipeline->ack_fd, "stdout");
	buffer_release(&line);
	counts_add(&pipeline->acknowledged, &counts);
	return status;
}

static int write_acks(struct pipeline *pipeline, struct slot *slot)
{
	int status = 0;

	for (size_t i = 0; i < slot->mark_count && !status; i++)
		status = write_ack(pipeline, &slot->marks[i]);
	slot->mark_count = 0;
	return status;
}

/* Try until the slot is settled. */
static int settle_or_retry(struct pipeline *pipeline, struct slot *slot)
{
	int status;

	busy_begin(&pipeline->busy, BUSY_STATEMENT);
	while ((status = settle(pipeline, slot, pipeline->counts)) == SINK_AGAIN) {
		status = wait_before_retry(pipeline);
		busy_begin(&pipeline->busy, BUSY_STATEMENT);
		if (!status)
			status = send_again(pipeline, slot);
		if (status)
			break;
	}
	busy_end(&pipeline->busy);
	return status;
}

static int finish(struct pipeline *pipeline, struct slot *slot)
{
	int status = settle_or_retry(pipeline, slot);

	if (status)
		return status;
	if (pipeline->failures > 0)
		log_info("the database is back", {"attempts", log_number(pipeline->failures).text});
	pipeline->failures = 0;
	pipeline->logged_reason[0] = '\0';
	if (slot->rows.of[TABLE_KIT].count > 0)
		pipeline->sink->calls->check_kits(pipeline->sink);
	slot->sent = false;
	batch_clear(&slot->batch);
	rows_clear(&slot->rows);
	return write_acks(pipeline, slot);
}

static struct slot *other(struct pipeline *pipeline)
{
	return pipeline->filling == &pipeline->slots[0] ? &pipeline->slots[1] : &pipeline->slots[0];
}

int pipeline_finish(struct pipeline *pipeline)
{
	return other(pipeline)->sent ? finish(pipeline, other(pipeline)) : 0;
}

int pipeline_send(struct pipeline *pipeline)
{
	int status = pipeline_finish(pipeline);

	if (status || pipeline->filling->batch.count == 0)
		return status;
	send(pipeline, pipeline->filling);
	pipeline->filling = other(pipeline);
	return 0;
}

int pipeline_mark(struct pipeline *pipeline, const struct mark *mark)
{
	struct slot *slot =
		pipeline->filling->batch.count > 0 ? pipeline->filling : other(pipeline);
	int status = 0;

	if (slot->mark_count == MARKS_MAX) {
		status = pipeline_send(pipeline);
		if (!status)
			status = pipeline_finish(pipeline);
	}
	if (status)
		return status;
	if (slot->batch.count == 0)
		return write_ack(pipeline, mark);
	slot->marks[slot->mark_count++] = *mark;
	return 0;
}

size_t pipeline_waiting(const struct pipeline *pipeline)
{
	return pipeline->filling->batch.count;
}

int pipeline_line(struct pipeline *pipeline, struct span line, const char *fault)
{
	int status = 0;

	if (batch_is_full(&pipeline->filling->batch, line.length))
		status = pipeline_send(pipeline);
	if (status)
		return status;
	pipeline->counts->read++;
	pipeline->counts->bytes += line.length + 1;
	return rows_add_line(
		&pipeline->filling->rows, batch_add(&pipeline->filling->batch, line, fault));
}
