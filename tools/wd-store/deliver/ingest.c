#include "tools/wd-store/deliver/ingest.h"

#include "common/lines/lines.h"
#include "common/log/log.h"
#include "common/process/signals.h"
#include "common/record/record.h"
#include "common/record/reject.h"
#include "common/scan/scan.h"
#include "common/time/clock.h"
#include "tools/wd-store/deliver/pipeline.h"
#include "tools/wd-store/rows/partition.h"

#include <signal.h>
#include <sysexits.h>
#include <unistd.h>

/* An input that is silent for this long is idle. */
#define IDLE_US CLOCK_SECOND_US

struct ingest {
	struct pipeline pipeline;
	size_t job, jobs;
	bool acknowledge;
	int64_t delay_us;
	bool flush;         /* a mark said that nothing more follows for now */
	bool is_dirty;      /* lines came since the sink's last maintenance */
	int64_t idle_at_us; /* when the input counts as idle, monotonic clock; 0: lines came */
	int64_t since_us;   /* when the first waiting line was read, monotonic clock */
};

static int add_line(struct ingest *ingest, struct span line, const char *fault)
{
	int status = pipeline_line(&ingest->pipeline, line, fault);

	ingest->is_dirty = true;
	ingest->idle_at_us = 0;
	if (pipeline_waiting(&ingest->pipeline) == 1)
		ingest->since_us = clock_mono_us();
	return status;
}

static int add_mark(struct ingest *ingest, const struct mark *mark)
{
	if (!ingest->acknowledge)
		return 0;
	ingest->flush = mark->flush;
	return pipeline_mark(&ingest->pipeline, mark);
}

static bool is_mine(const struct ingest *ingest, struct span line)
{
	return ingest->jobs == 1 || partition_of(line, ingest->jobs) == ingest->job;
}

/* Control lines are not records: they are neither stored nor counted. */
static int on_line(void *self, struct span line)
{
	struct ingest *ingest = self;
	struct mark mark;

	switch (control_parse(line, &mark)) {
	case CONTROL_MARK:
		return add_mark(ingest, &mark);
	case CONTROL_REPLY:
		return 0;
	case CONTROL_NONE:
		break;
	}
	return is_mine(ingest, line) ? add_line(ingest, line, NULL) : 0;
}

/* A source that sends unacknowledged input again must not get half a line as a reject. */
static int on_rest(void *self, struct span rest)
{
	const struct ingest *ingest = self;
	struct scan_error error;

	if (!ingest->acknowledge && !ingest->pipeline.delivery.fail_fast)
		return on_line(self, rest);
	if (scan_check(rest, SCAN_STRICT, &error))
		return on_line(self, rest);
	if (ingest->acknowledge) {
		log_warning("incomplete last line dropped",
			{"bytes", log_number((int64_t)rest.length).text});
		return 0;
	}
	return fail(EX_DATAERR, "the input ends within a line: its writer was killed",
		{"bytes", log_number((int64_t)rest.length).text});
}

static int on_overlong(void *self, struct span beginning)
{
	static char reason[REJECT_REASON_SIZE];
	const struct span kept = {beginning.data, RECORD_RAW_MAX};

	reject_reason(reason, REJECT_TOO_LONG, NULL);
	return is_mine(self, kept) ? add_line(self, kept, reason) : 0;
}

static int64_t left_us(const struct ingest *ingest)
{
	return ingest->since_us + ingest->delay_us - clock_mono_us();
}

/* Let the sink do maintenance once after each burst of lines. */
static void note_idle(struct ingest *ingest)
{
	struct sink *sink = ingest->pipeline.delivery.sink;

	if (!ingest->is_dirty)
		return;
	if (ingest->idle_at_us == 0) {
		ingest->idle_at_us = clock_mono_us() + IDLE_US;
	} else if (clock_mono_us() >= ingest->idle_at_us) {
		sink->calls->idle(sink);
		ingest->is_dirty = false;
	}
}

/* Nothing waits, and nothing is in flight. */
static bool is_empty(const struct ingest *ingest)
{
	return pipeline_waiting(&ingest->pipeline) == 0 && !pipeline_is_working(&ingest->pipeline);
}

static bool is_due(const struct ingest *ingest, bool idle)
{
	return pipeline_waiting(&ingest->pipeline) > 0 &&
	       ((idle && ingest->flush) || left_us(ingest) <= 0);
}

/* The batch in flight is not waited for: the sender of more lines would wait, too. */
static int settle(void *self, bool idle)
{
	struct ingest *ingest = self;
	int status = 0;

	if (is_due(ingest, idle))
		status = pipeline_send(&ingest->pipeline);
	if (!status && idle)
		status = pipeline_collect(&ingest->pipeline);
	if (idle)
		ingest->flush = false;
	if (!status && idle && is_empty(ingest))
		note_idle(ingest);
	/* The first time at once, and all of them at the end. */
	if (ingest->jobs == 1 && !ingest->pipeline.counts->warned)
		counts_warn(ingest->pipeline.counts);
	return status;
}

static int timeout_ms(void *self)
{
	const struct ingest *ingest = self;
	bool waiting = pipeline_waiting(&ingest->pipeline) > 0;

	if (!waiting && (!ingest->is_dirty || pipeline_is_working(&ingest->pipeline)))
		return -1;
	int64_t us = waiting ? left_us(ingest) : ingest->idle_at_us - clock_mono_us();
	return us > 0 ? (int)(us / 1000) + 1 : 0;
}

static struct pollfd watch(void *self)
{
	const struct ingest *ingest = self;

	return (struct pollfd){.fd = pipeline_done_fd(&ingest->pipeline), .events = POLLIN};
}

static int on_signal(void *self, int signal_number)
{
	const struct ingest *ingest = self;

	if (signal_number == SIGUSR1)
		counts_report(ingest->pipeline.counts);
	return 0;
}

static int store_files(struct ingest *ingest, char *const *files)
{
	const struct line_handler user = {
		.self = ingest,
		.line = on_line,
		.overlong = on_overlong,
		.settle = settle,
		.timeout_ms = timeout_ms,
		.watch = watch,
		.signal = on_signal,
		.rest = on_rest,
		.progress = ingest->jobs == 1 ? LINES_PROGRESS_ALONE : LINES_PROGRESS_HIDDEN,
	};
	int status = lines_run(files, &user);

	if (!status)
		status = pipeline_send(&ingest->pipeline);
	if (!status)
		status = pipeline_finish(&ingest->pipeline);
	return status;
}

/* Without lines nothing has used the database yet: fail if it could not have stored any. One that is
 * unavailable loses nothing. */
static int check_unused(struct ingest *ingest)
{
	struct sink *sink = ingest->pipeline.delivery.sink;

	if (ingest->pipeline.counts->read > 0 || stop_requested())
		return 0;
	enum sink_result result = sink->calls->check_unused(sink);
	if (result == SINK_SUSPECT || result == SINK_REFUSED)
		result = sink_report(sink);
	if (result == SINK_FAILED)
		return sink->error.status;
	return result != SINK_OK && ingest->pipeline.delivery.fail_fast ? EX_TEMPFAIL : 0;
}

int ingest_run(struct sink *sink, const struct ingest_settings *settings, char *const *files,
	struct counts *counts)
{
	struct ingest ingest = {
		.job = settings->job,
		.jobs = settings->jobs,
		.acknowledge = settings->acknowledge,
		.delay_us = (int64_t)(settings->delay_s * 1e6),
	};
	int status = pipeline_open(
		&ingest.pipeline, sink, (size_t)settings->batch, settings->fail_fast, counts);

	if (!status && settings->acknowledge)
		status = pipeline_acknowledge(&ingest.pipeline, STDOUT_FILENO);
	if (!status)
		status = store_files(&ingest, files);
	if (!status)
		status = check_unused(&ingest);
	pipeline_close(&ingest.pipeline);
	return status;
}
