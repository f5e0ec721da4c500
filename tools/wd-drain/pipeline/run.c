#include "tools/wd-drain/pipeline/run.h"

#include "common/log/log.h"
#include "common/pipeline/cause.h"
#include "tools/wd-drain/pipeline/acknowledged.h"
#include "tools/wd-drain/pipeline/feed.h"

#include <string.h>
#include <sysexits.h>

static bool is_waiting(const struct run *run)
{
	const struct stage_pipeline *pipeline = &run->source.pipeline;

	return pipeline->in_fd < 0 || pipeline_unwritten(pipeline) > 0 ||
	       run->window.acked < run->window.sent;
}

static void check_time(struct run *run)
{
	struct drain *drain = run->drain;
	struct pipeline_source *source = &run->source;
	int64_t deadline_us = drain->settings.deadline_us;

	if (!is_waiting(run))
		source->progress_us = source->now_us;
	if (source->killed)
		return;
	if (drain_is_stopping(drain) && source->now_us >= drain->stop_us + SOURCE_STOP_US)
		source_kill(source);
	else if (drain->woken && source->busy)
		source_kill(source);
	else if (source->now_us >= source->progress_us + deadline_us)
		source_pass_deadline(source, deadline_us, "a stage buffers: jq --unbuffered");
	drain->woken = false;
}

static int64_t next_time(const struct run *run)
{
	int64_t until_us = INT64_MAX;

	if (is_waiting(run))
		until_us = run->source.progress_us + run->drain->settings.deadline_us;
	if (drain_is_stopping(run->drain) && run->drain->stop_us + SOURCE_STOP_US < until_us)
		until_us = run->drain->stop_us + SOURCE_STOP_US;
	if (source_linger_until_us(&run->source) < until_us)
		until_us = source_linger_until_us(&run->source);
	if (run->request->commit && feed_takes_mark(run) &&
		window_checkpoint_due_us(&run->window) < until_us)
		until_us = window_checkpoint_due_us(&run->window);
	return until_us;
}

/* A first stage that reads fast takes all at once: then there is more to feed and nothing to
 * write. */
static bool has_output(const struct run *run)
{
	return pipeline_unwritten(&run->source.pipeline) > 0 || run->has_more;
}

static void turn(struct run *run)
{
	struct stage_pipeline *pipeline = &run->source.pipeline;
	struct pollfd fds[2 + PIPELINE_STAGES_MAX] = {
		{.fd = pipeline->out_fd, .events = POLLIN},
		{.fd = has_output(run) ? pipeline->in_fd : -1, .events = POLLOUT},
	};

	for (size_t i = 0; i < pipeline->count; i++)
		fds[2 + i] = (struct pollfd){.fd = pipeline->stages[i].pid_fd, .events = POLLIN};
	run->source.now_us = drain_poll(run->drain, fds, 2 + pipeline->count, next_time(run));
	if (fds[0].revents)
		read_replies(run);
	source_reap(&run->source);
	check_time(run);
	if (!run->source.killed)
		feed(run);
}

static const char *stage_name(const struct run *run, size_t stage)
{
	return run->commands->commands[stage].name;
}

static void conclude(const struct run *run, struct run_outcome *outcome)
{
	const struct pipeline_source *source = &run->source;
	int ends[PIPELINE_STAGES_MAX];
	size_t count = run->commands->count;

	for (size_t i = 0; i < count; i++)
		ends[i] = source->pipeline.stages[i].end;
	struct cause_verdict verdict = cause_find(ends, count);
	outcome->progressed = source->progressed;
	bool complete = run->window.acked == run->window.sent;
	outcome->stage = "wd-drain";
	if (source->status) {
		outcome->kind = RUN_OUTSIDE;
		outcome->status = source->status;
	} else if (source->mark_returned) {
		outcome->kind = RUN_NO_SINK;
		outcome->stage = stage_name(run, count - 1);
		outcome->status = EX_CONFIG;
	} else if (source->late &&
		   (source->killed || (run->input.fd >= 0 && !source->progressed))) {
		outcome->kind = RUN_OUTSIDE;
		outcome->stage = "pipeline";
		outcome->status = SOURCE_STATUS_DEADLINE;
	} else if (source->killed) {
		outcome->kind = RUN_STOPPED;
	} else if (verdict.cause != CAUSE_NONE) {
		outcome->kind = verdict.cause == CAUSE_DATA ? RUN_DATA : RUN_OUTSIDE;
		outcome->stage = stage_name(run, verdict.stage);
		outcome->end = ends[verdict.stage];
		outcome->status = cause_status(outcome->end);
	} else if (!complete) {
		bool dropped = source->closed || run->drain->settings.once;
		outcome->kind = dropped ? RUN_NO_ACKS : RUN_OUTSIDE;
		outcome->stage = "pipeline";
		outcome->status = dropped ? EX_CONFIG : EX_TEMPFAIL;
	}
}

/* The segments that were fed and are not released: also the one that is being fed. */
static int give_back(struct run *run, struct run_outcome *outcome)
{
	int status = 0;

	if (run->input.fd >= 0)
		status = window_add(&run->window, run->input.name, &run->input.identity);
	outcome->unreleased = run->window.count;
	if (run->window.count > 0)
		memcpy(outcome->first, run->window.segments[0].name, SEGMENT_NAME_SIZE);
	if (!status && !run->request->segment)
		status = drain_requeue(run->drain, &run->window);
	return status;
}

int run_pipeline(
	struct drain *drain, const struct run_request *request, struct run_outcome *outcome)
{
	struct run run = {.drain = drain,
		.request = request,
		.commands = request->commit ? &drain->commands : &drain->trial,
		.input = {.fd = -1}};

	*outcome = (struct run_outcome){.kind = RUN_DONE};
	int status = source_start(&run.source, run.commands);
	if (status) {
		*outcome = (struct run_outcome){RUN_OUTSIDE, "wd-drain", .status = status};
		return 0;
	}
	window_init(&run.window, (size_t)drain->settings.batch, run.source.now_us);
	drain->window = &run.window;
	drain->woken = false;
	feed(&run);
	while (!source_is_over(&run.source))
		turn(&run);
	pipeline_close(&run.source.pipeline);
	conclude(&run, outcome);
	drain->window = NULL;
	status = give_back(&run, outcome);
	input_close(&run.input);
	window_release(&run.window);
	return status;
}
