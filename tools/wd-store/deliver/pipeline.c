#include "tools/wd-store/deliver/pipeline.h"

#include "common/base/array.h"
#include "common/time/clock.h"

#include <stdlib.h>
#include <unistd.h>

static int open_slot(struct slot *slot, size_t max)
{
	int status = batch_open(&slot->batch, max);

	return status ? status : rows_init(&slot->rows, max);
}

int pipeline_open(struct pipeline *pipeline, struct sink *sink, size_t max, bool fail_fast,
	struct counts *counts)
{
	*pipeline = (struct pipeline){
		.delivery = {.sink = sink, .fail_fast = fail_fast, .counts = counts},
		.counts = counts,
	};
	pipeline->delivery.busy = &pipeline->busy;
	pipeline->filling = &pipeline->slots[0];
	srandom((unsigned)clock_wall_us() ^ (unsigned)getpid());
	int status = open_slot(&pipeline->slots[0], max);
	if (!status)
		status = open_slot(&pipeline->slots[1], max);
	if (!status)
		status = sink_open_worker(sink);
	return status ? status : recent_open(&pipeline->recent, max);
}

void pipeline_close(struct pipeline *pipeline)
{
	busy_close(&pipeline->busy);
	sink_close(pipeline->delivery.sink);
	for (size_t i = 0; i < ARRAY_SIZE(pipeline->slots); i++) {
		batch_close(&pipeline->slots[i].batch);
		rows_release(&pipeline->slots[i].rows);
	}
	recent_close(&pipeline->recent);
}

int pipeline_acknowledge(struct pipeline *pipeline, int fd)
{
	pipeline->ack_fd = fd;
	return busy_open(&pipeline->busy, fd);
}

static void send(struct pipeline *pipeline, struct slot *slot)
{
	recent_send(&pipeline->recent, &slot->rows, clock_mono_us());
	slot->is_sent = true;
	busy_begin(&pipeline->busy, BUSY_STATEMENT);
	sink_send(pipeline->delivery.sink, &slot->rows);
}

/* One write, which is atomic because a line is shorter than PIPE_BUF. */
static int write_ack(struct pipeline *pipeline, const struct mark *mark)
{
	struct counts counts = counts_since(pipeline->counts, &pipeline->acknowledged);
	struct buffer line = {0};

	ack_format(&line, mark,
		&(struct reply_counts){(int64_t)counts.read, (int64_t)counts.stored,
			(int64_t)counts.unchanged, (int64_t)counts.rejected,
			(int64_t)counts.ignored});
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

/* The next batches are smaller, because the database cancels statements that take too long. */
static void shrink_batches(struct pipeline *pipeline)
{
	size_t max = pipeline->slots[0].batch.max;

	pipeline->delivery.too_slow = false;
	if (max == 1)
		return;
	log_info("statements take too long: smaller batches",
		{"lines", log_number((int64_t)max / 2).text});
	for (size_t i = 0; i < ARRAY_SIZE(pipeline->slots); i++)
		pipeline->slots[i].batch.max = max / 2;
}

static int finish(struct pipeline *pipeline, struct slot *slot)
{
	struct sink *sink = pipeline->delivery.sink;
	bool has_kits = slot->rows.of[TABLE_KIT].count > 0;
	int status = deliver(&pipeline->delivery, &slot->batch, &slot->rows);

	busy_end(&pipeline->busy);
	if (status)
		return status;
	if (pipeline->delivery.is_as_sent)
		recent_commit(&pipeline->recent, clock_mono_us());
	else
		recent_clear(&pipeline->recent);
	if (has_kits)
		sink->calls->check_kits(sink);
	if (pipeline->delivery.too_slow)
		shrink_batches(pipeline);
	slot->is_sent = false;
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
	return other(pipeline)->is_sent ? finish(pipeline, other(pipeline)) : 0;
}

bool pipeline_is_working(const struct pipeline *pipeline)
{
	return pipeline->slots[0].is_sent || pipeline->slots[1].is_sent;
}

int pipeline_done_fd(const struct pipeline *pipeline)
{
	return pipeline_is_working(pipeline) ? pipeline->delivery.sink->done_fd : -1;
}

int pipeline_collect(struct pipeline *pipeline)
{
	return sink_is_done(pipeline->delivery.sink) ? pipeline_finish(pipeline) : 0;
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
