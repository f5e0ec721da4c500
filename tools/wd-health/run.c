/* wd-health as a filter. */
#include "tools/wd-health/run.h"

#include "common/lines/lines.h"
#include "common/log/log.h"
#include "common/scan/scan.h"
#include "tools/wd-health/output/publish.h"
#include "tools/wd-health/state/state.h"

/* Timers run this much later than their time, so that lines that are on their way come first. */
#define GRACE_US CLOCK_SECOND_US

struct health_run {
	const struct run_settings *settings;
	struct health health;
	struct health_publisher publisher;
	struct checkpoint checkpoint;
	clock_us anchor;      /* the time after the latest line that moved it, */
	int64_t anchor_mono;  /* the monotonic clock then, */
	uint64_t anchor_line; /* and the number of that line */
	bool torn;            /* the output ends inside a line: nothing may follow */
};

static int save_checkpoint(struct health_run *run, const char *mark)
{
	struct buffer content = {0};

	state_format(&content, &run->health);
	int status = checkpoint_write(&run->checkpoint, mark, &content);
	buffer_release(&content);
	return status;
}

static int process_line(void *self, struct span line)
{
	struct health_run *run = self;
	struct health_event event;
	int status = 0;

	event_read(line, &event);
	/* Before the mark is passed on: its acknowledgement means that the state is there. */
	if (event.kind == EVENT_MARK && checkpoint_is_wanted(&run->checkpoint))
		status = save_checkpoint(run, event.mark);
	return status ? status : health_take(&run->health, line, &event);
}

/* An incomplete line gets no newline, so that the next stage can see that its writer was killed. */
static int process_rest(void *self, struct span rest)
{
	struct health_run *run = self;
	struct scan_error error;

	if (scan_check(rest, SCAN_STRICT, &error))
		return process_line(run, rest);
	buffer_add_span(&run->health.out, rest);
	run->torn = true;
	return 0;
}

static int reject_line(void *self, struct span beginning)
{
	struct health_run *run = self;

	record_put_overlong(&run->health.out, "wd-health", beginning);
	return 0;
}

/* Return the time, estimated by the monotonic clock since the latest line. */
static clock_us now_without_lines(const struct health_run *run)
{
	return run->anchor + clock_mono_us() - run->anchor_mono - GRACE_US;
}

/* Return whether waiting moves time: not before the first line with a time. */
static bool has_timers(const struct health_run *run)
{
	return !run->settings->is_replay && run->health.timed_lines > 0;
}

static int run_timers(struct health_run *run, bool idle)
{
	struct health *health = &run->health;

	if (run->torn)
		return 0;
	if (health->timed_lines != run->anchor_line) {
		run->anchor_line = health->timed_lines;
		run->anchor = health->now;
		run->anchor_mono = clock_mono_us();
	} else if (idle && has_timers(run) && now_without_lines(run) >= health_next(health)) {
		return health_advance(health, now_without_lines(run));
	}
	return 0;
}

static int settle(void *self, bool idle)
{
	struct health_run *run = self;
	int status = run_timers(run, idle);

	if (!status)
		status = health_flush(&run->health);
	if (!status && clock_mono_us() >= publish_due(&run->publisher, &run->health))
		status = publish(&run->publisher, &run->health);
	return status;
}

static int64_t earlier(int64_t a, int64_t b)
{
	return a < b ? a : b;
}

static int timeout_ms(void *self)
{
	struct health_run *run = self;
	int64_t due = publish_due(&run->publisher, &run->health);
	clock_us next = health_next(&run->health);
	int64_t wait_us = due == INT64_MAX ? due : due - clock_mono_us();

	if (has_timers(run) && next != WATCH_NEVER)
		wait_us = earlier(wait_us, next - now_without_lines(run));
	if (wait_us == INT64_MAX)
		return -1;
	wait_us = earlier(wait_us, CLOCK_MINUTE_US);
	return wait_us > 0 ? (int)(wait_us / 1000) + 1 : 0;
}

/* Write the files once more, also after a failure. */
static int finish(struct health_run *run, int status)
{
	int published = 0;

	health_warn(&run->health);
	if (publish_due(&run->publisher, &run->health) != INT64_MAX)
		published = publish(&run->publisher, &run->health);
	health_release(&run->health);
	publisher_release(&run->publisher);
	checkpoint_release(&run->checkpoint);
	return status ? status : published;
}

int run_filter(char *const *files, const struct run_settings *settings)
{
	struct health_run run = {.settings = settings};
	struct line_handler handler = {.self = &run,
		.line = process_line,
		.overlong = reject_line,
		.settle = settle,
		.timeout_ms = timeout_ms,
		/* Another file may follow the rest of one. */
		.rest = *files ? NULL : process_rest};
	int status = 0;

	health_init(&run.health, settings->threshold_us);
	run.health.is_replay = settings->is_replay;
	run.health.report_lines = settings->report_lines;
	if (settings->state)
		status = state_read(settings->state, &run.health);
	if (status) {
		health_release(&run.health);
		return status;
	}
	checkpoint_open(&run.checkpoint, settings->state);
	if (!checkpoint_is_wanted(&run.checkpoint))
		run.publisher.state = settings->state;
	run.publisher.prometheus = settings->prometheus;
	return finish(&run, lines_run(files, &handler));
}
