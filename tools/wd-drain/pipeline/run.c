#include "tools/wd-drain/pipeline/run.h"

#include "common/log/log.h"
#include "common/pipeline/cause.h"
#include "tools/wd-drain/pipeline/acknowledged.h"
#include "tools/wd-drain/pipeline/feed.h"

#include <string.h>
#include <sysexits.h>

/* After SIGTERM the stages have this long; all is over within 2 s. */
#define STOP_US (3 * CLOCK_SECOND_US / 2)

/* Once all stages have ended, processes that they have started may hold their output this long. */
#define LINGER_US CLOCK_SECOND_US

/* timeout(1)'s status. */
#define STATUS_DEADLINE 124

void run_kill(struct run *run)
{
	run->killed = true;
	pipeline_close_input(&run->pipeline);
	pipeline_kill(&run->pipeline);
}

void run_fail(struct run *run, int status)
{
	run->status = status;
	run_kill(run);
}

static bool is_waiting(const struct run *run)
{
	return run->pipeline.in_fd < 0 || pipeline_unwritten(&run->pipeline) > 0 ||
	       run->window.acked < run->window.sent;
}

/* First the input is closed, so that a stage that buffers writes what it has. */
static void pass_deadline(struct run *run)
{
	run->progress_us = run->now_us;
	if (!run->late && run->pipeline.in_fd >= 0) {
		run->late = run->ending = run->closed = true;
		log_warning("nothing was acknowledged within the deadline: closing the input",
			{"deadline",
				log_seconds((double)run->drain->settings.deadline_us / 1e6).text},
			{"hint", "a stage buffers: jq --unbuffered"});
		input_close(&run->input);
		pipeline_close_input(&run->pipeline);
	} else {
		run->late = true;
		run_kill(run);
	}
}

static void check_time(struct run *run)
{
	struct drain *drain = run->drain;

	if (!is_waiting(run))
		run->progress_us = run->now_us;
	if (run->killed)
		return;
	if (drain_is_stopping(drain) && run->now_us >= drain->stop_us + STOP_US)
		run_kill(run);
	else if (drain->woken && run->busy)
		run_kill(run);
	else if (run->now_us >= run->progress_us + drain->settings.deadline_us)
		pass_deadline(run);
	drain->woken = false;
}

static int64_t next_time(const struct run *run)
{
	int64_t until_us = INT64_MAX;

	if (is_waiting(run))
		until_us = run->progress_us + run->drain->settings.deadline_us;
	if (drain_is_stopping(run->drain) && run->drain->stop_us + STOP_US < until_us)
		until_us = run->drain->stop_us + STOP_US;
	if (run->ended_us && run->ended_us + LINGER_US < until_us)
		until_us = run->ended_us + LINGER_US;
	if (run->request->commit && feed_takes_mark(run) &&
		window_checkpoint_due_us(&run->window) < until_us)
		until_us = window_checkpoint_due_us(&run->window);
	return until_us;
}

static void check_stages(struct run *run)
{
	size_t running = pipeline_reap(&run->pipeline);

	if (running < run->pipeline.count && run->pipeline.in_fd >= 0)
		pipeline_close_input(&run->pipeline);
	if (running == 0 && !run->ended_us)
		run->ended_us = run->now_us;
}

static bool is_over(const struct run *run)
{
	return run->ended_us && (run->pipeline.out_fd < 0 || run->killed ||
					run->now_us >= run->ended_us + LINGER_US);
}

/* A first stage that reads fast takes all at once: then there is more to feed and nothing to
 * write. */
static bool has_output(const struct run *run)
{
	return pipeline_unwritten(&run->pipeline) > 0 || run->has_more;
}

static void turn(struct run *run)
{
	struct stage_pipeline *pipeline = &run->pipeline;
	struct pollfd fds[2 + PIPELINE_STAGES_MAX] = {
		{.fd = pipeline->out_fd, .events = POLLIN},
		{.fd = has_output(run) ? pipeline->in_fd : -1, .events = POLLOUT},
	};

	for (size_t i = 0; i < pipeline->count; i++)
		fds[2 + i] = (struct pollfd){.fd = pipeline->stages[i].pid_fd, .events = POLLIN};
	run->now_us = drain_poll(run->drain, fds, 2 + pipeline->count, next_time(run));
	if (fds[0].revents)
		read_replies(run);
	check_stages(run);
	check_time(run);
	if (!run->killed)
		feed(run);
}

static const char *stage_name(const struct run *run, size_t stage)
{
	return run->commands->commands[stage].name;
}

static void conclude(const struct run *run, struct run_outcome *outcome)
{
	int ends[PIPELINE_STAGES_MAX];
	size_t count = run->commands->count;

	for (size_t i = 0; i < count; i++)
		ends[i] = run->pipeline.stages[i].end;
	struct cause_verdict verdict = cause_find(ends, count);
	outcome->progressed = run->progressed;
	bool complete = run->window.acked == run->window.sent;
	outcome->stage = "wd-drain";
	if (run->status) {
		outcome->kind = RUN_OUTSIDE;
		outcome->status = run->status;
	} else if (run->mark_returned) {
		outcome->kind = RUN_NO_SINK;
		outcome->stage = stage_name(run, count - 1);
		outcome->status = EX_CONFIG;
	} else if (run->killed && run->late) {
		outcome->kind = RUN_OUTSIDE;
		outcome->stage = "pipeline";
		outcome->status = STATUS_DEADLINE;
	} else if (run->killed) {
		outcome->kind = RUN_STOPPED;
	} else if (verdict.cause != CAUSE_NONE) {
		outcome->kind = verdict.cause == CAUSE_DATA ? RUN_DATA : RUN_OUTSIDE;
		outcome->stage = stage_name(run, verdict.stage);
		outcome->end = ends[verdict.stage];
		outcome->status = cause_status(outcome->end);
	} else if (!complete) {
		bool dropped = run->closed || run->drain->settings.once;
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
	int status = pipeline_start(&run.pipeline, run.commands);
	if (status) {
		*outcome = (struct run_outcome){RUN_OUTSIDE, "wd-drain", .status = status};
		return 0;
	}
	run.now_us = run.progress_us = clock_mono_us();
	window_init(&run.window, (size_t)drain->settings.batch, run.now_us);
	drain->window = &run.window;
	drain->woken = false;
	feed(&run);
	while (!is_over(&run))
		turn(&run);
	pipeline_close(&run.pipeline);
	conclude(&run, outcome);
	drain->window = NULL;
	status = give_back(&run, outcome);
	input_close(&run.input);
	window_release(&run.window);
	return status;
}
