#include "tools/wd-drain/pipeline/feed.h"

#include "common/log/log.h"
#include "tools/wd-drain/pipeline/skip.h"

#include <errno.h>
#include <inttypes.h>
#include <string.h>
#include <sysexits.h>

/* Segments are read when fewer bytes than this wait to be written. */
#define FEED_BYTES ((size_t)256 << 10)

/* Bytes that are still fed after SIGTERM: what wd-poll sealed before the same signal ended it. */
#define STOP_BYTES ((int64_t)1 << 20)

/* Send a mark, as a checkpoint where one is due. `flush`: nothing more is to be fed for now. */
static void send_mark(struct run *run, bool checkpoint, bool flush)
{
	uint64_t mark = window_next_mark(&run->window, checkpoint, run->source.now_us);

	buffer_printf(&run->source.pipeline.out,
		"{\"type\":\"mark\",\"mark\":\"%s.%" PRIu64 "\"%s%s}\n", run->source.pipeline.nonce,
		mark, checkpoint ? ",\"save\":true" : "", flush ? ",\"flush\":true" : "");
}

/* Between two segments. `flush`: nothing more is to be fed for now. */
static void send_due_mark(struct run *run, bool flush)
{
	const struct window *window = &run->window;
	bool checkpoint =
		run->request->commit && window_checkpoint_is_due(window, run->source.now_us);

	if (checkpoint || (flush ? window_flush_is_due(window) : window_mark_is_due(window)))
		send_mark(run, checkpoint, flush);
}

static void skip(struct run *run, const char *name, int error)
{
	int status = skip_segment(run->drain, name, error);

	if (status)
		source_fail(&run->source, status);
}

/* Reading failed. If stages got a part of the segment, only a pipeline that begins with the last
 * checkpoint counts it once. */
static void break_off(struct run *run, int error)
{
	struct input *input = &run->input;
	bool started = input->line > 1 || input->overlong;

	input_close(input);
	skip(run, input->name, error);
	if (started && !run->source.killed)
		source_kill(&run->source);
}

static void end_segment(struct run *run)
{
	struct input *input = &run->input;

	run->drain->reserved += input->reserved;
	int status = window_add(&run->window, input->name, &input->identity);
	input_close(input);
	if (status)
		source_fail(&run->source, status);
}

static void feed_some(struct run *run)
{
	if (!input_read(&run->input, &run->source.pipeline.out)) {
		if (run->input.failed)
			break_off(run, errno);
		else
			end_segment(run);
	}
	if (run->source.pipeline.out.failed)
		source_fail(&run->source, fail(EX_OSERR, "out of memory"));
}

/* The next segment to be fed, or NULL for the moment. */
static const char *next_segment(struct run *run)
{
	struct drain *drain = run->drain;

	if (run->request->segment)
		return run->fed ? NULL : run->request->segment;
	if (!window_has_room(&run->window) || drain->release.waiting.count > RELEASE_WAITING_MAX)
		return NULL;
	if (run->stopping && run->stop_bytes >= STOP_BYTES)
		return NULL;
	int status = drain_refresh(drain);
	if (status) {
		source_fail(&run->source, status);
		return NULL;
	}
	return drain_next(drain);
}

static bool open_next(struct run *run)
{
	const struct run_request *request = run->request;
	const char *name = next_segment(run);

	if (!name)
		return false;
	send_due_mark(run, false);
	if (input_open(&run->input, &run->drain->spool, name)) {
		skip(run, name, errno);
	} else if (run->stopping) {
		run->stop_bytes += run->input.identity.size;
	} else if (request->segment) {
		run->input.skipped = request->skipped;
		if (request->last > 0) {
			run->input.first = request->first;
			run->input.last = request->last;
		}
	}
	if (!request->segment && !run->source.status)
		run->drain->queue_first++;
	run->fed = true;
	return !run->source.status;
}

/* Nothing more is fed, but for the rest of an open segment: a checkpoint within it would count its
 * first lines twice. */
static void end_feeding(struct run *run)
{
	if (run->source.ending)
		return;
	while (run->input.fd >= 0 && !run->source.killed)
		feed_some(run);
	run->source.ending = true;
	bool checkpoint = run->request->commit && window_needs_checkpoint(&run->window);
	if (!run->source.killed && (checkpoint || !run->window.is_marked))
		send_mark(run, checkpoint, true);
}

/* Whether all that was requested has been fed. */
static bool is_fed(const struct run *run)
{
	if (run->input.fd >= 0)
		return false;
	if (run->request->segment)
		return run->fed;
	if (run->stopping && (run->stop_bytes >= STOP_BYTES || !window_has_room(&run->window) ||
				     pipeline_unwritten(&run->source.pipeline) >= FEED_BYTES))
		return true;
	return (run->drain->settings.once || run->stopping) && !drain_next(run->drain);
}

bool feed_takes_mark(const struct run *run)
{
	return !run->source.ending && run->input.fd < 0 &&
	       pipeline_unwritten(&run->source.pipeline) < FEED_BYTES;
}

/* Read until enough waits to be written. */
static void fill(struct run *run)
{
	run->has_more = !run->source.ending && run->source.pipeline.in_fd >= 0;
	while (run->has_more && run->source.pipeline.in_fd >= 0 &&
		pipeline_unwritten(&run->source.pipeline) < FEED_BYTES) {
		if (run->input.fd >= 0)
			feed_some(run);
		else
			run->has_more = open_next(run);
	}
}

void feed(struct run *run)
{
	if (drain_is_stopping(run->drain) && !run->stopping) {
		run->stopping = true;
		run->drain->queue_is_stale = true;
	}
	fill(run);
	if (run->source.killed)
		return;
	if (is_fed(run) || run->drain->spool_lost)
		end_feeding(run);
	if (feed_takes_mark(run))
		send_due_mark(run, true);
	source_write(&run->source);
}
