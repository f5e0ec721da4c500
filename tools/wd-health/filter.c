/* wd-health in the pipe. */
#include "tools/wd-health/filter.h"

#include "common/lines.h"
#include "common/log.h"
#include "common/scan/scan.h"
#include "tools/wd-health/checkpoint.h"
#include "tools/wd-health/publish.h"

/* How much later than their time timers run, so that lines on their way come first. */
#define GRACE_US CLOCK_SECOND_US

struct filter {
	const struct filter_settings *settings;
	struct health health;
	struct publisher publisher;
	struct checkpoint checkpoint;
	clock_us anchor;     /* the time of the stream when it was last seen to move, */
	int64_t anchor_mono; /* and the monotonic clock then */
	bool torn;           /* the output ends within a line: nothing may follow */
};

static int take_line(void *self, struct span line)
{
	struct filter *filter = self;
	struct notice notice;
	int status = 0;

	notice_read(line, &notice);
	/* Before the mark is passed on: its acknowledgement means that the state is there. */
	if (notice.kind == NOTICE_MARK && checkpoint_is_wanted(&filter->checkpoint))
		status = checkpoint_write(&filter->checkpoint, notice.mark, &filter->health);
	return status ? status : health_take(&filter->health, line, &notice);
}

/* The writer was killed in the middle of a line: whoever reads ours can tell only if we do not mend
 * it with a newline. */
static int take_rest(void *self, struct span rest)
{
	struct filter *filter = self;
	struct scan_error error;

	if (scan_check(rest, SCAN_STRICT, &error))
		return take_line(filter, rest);
	buffer_add_span(&filter->health.out, rest);
	filter->torn = true;
	return 0;
}

static int refuse_line(void *self, struct span beginning)
{
	struct filter *filter = self;

	record_put_reject(&filter->health.out, &(struct record_reject){.stage = "wd-health",
						       .reason = "too_long: line over 16 MiB",
						       .raw = beginning});
	return 0;
}

/* The time of the stream, as far as it can be told without lines. */
static clock_us now_without_lines(const struct filter *filter)
{
	return filter->anchor + clock_mono_us() - filter->anchor_mono - GRACE_US;
}

/* Whether waiting makes time pass: not before this run's first reply, which tells what time it is.
 */
static bool has_timers(const struct filter *filter)
{
	return !filter->settings->replay && filter->health.told_time;
}

static int run_timers(struct filter *filter, bool idle)
{
	struct health *health = &filter->health;

	if (filter->torn)
		return 0;
	if (health->timeline.now != filter->anchor) {
		filter->anchor = health->timeline.now;
		filter->anchor_mono = clock_mono_us();
	} else if (idle && has_timers(filter) && now_without_lines(filter) >= health_next(health)) {
		return health_advance(health, now_without_lines(filter));
	}
	return 0;
}

static int settle(void *self, bool idle)
{
	struct filter *filter = self;
	int status = run_timers(filter, idle);

	if (!status)
		status = health_flush(&filter->health);
	if (!status && clock_mono_us() >= publish_due(&filter->publisher, &filter->health))
		status = publish(&filter->publisher, &filter->health);
	return status;
}

static int64_t earlier(int64_t a, int64_t b)
{
	return a < b ? a : b;
}

static int timeout_ms(void *self)
{
	struct filter *filter = self;
	int64_t due = publish_due(&filter->publisher, &filter->health);
	clock_us next = health_next(&filter->health);
	int64_t wait_us = due == INT64_MAX ? due : due - clock_mono_us();

	if (has_timers(filter) && next != WATCH_NEVER)
		wait_us = earlier(wait_us, next - now_without_lines(filter));
	if (wait_us == INT64_MAX)
		return -1;
	wait_us = earlier(wait_us, CLOCK_MINUTE_US);
	return wait_us > 0 ? (int)(wait_us / 1000) + 1 : 0;
}

/* What was done since the files were written last; also after a failure, as far as it came. */
static int finish(struct filter *filter, int status)
{
	int published = 0;

	if (publish_due(&filter->publisher, &filter->health) != INT64_MAX)
		published = publish(&filter->publisher, &filter->health);
	health_release(&filter->health);
	publisher_release(&filter->publisher);
	checkpoint_release(&filter->checkpoint);
	return status ? status : published;
}

int filter_run(char *const *files, const struct filter_settings *settings)
{
	struct filter filter = {.settings = settings};
	struct line_handler user = {.self = &filter,
		.line = take_line,
		.overlong = refuse_line,
		.settle = settle,
		.timeout_ms = timeout_ms,
		.rest = take_rest};
	int status = 0;

	health_init(&filter.health, settings->threshold_us);
	if (settings->state)
		status = state_read(settings->state, &filter.health);
	if (!status)
		status = checkpoint_open(&filter.checkpoint, settings->state);
	if (status) {
		health_release(&filter.health);
		return status;
	}
	if (!checkpoint_is_wanted(&filter.checkpoint))
		filter.publisher.state = settings->state;
	filter.publisher.prometheus = settings->prometheus;
	return finish(&filter, lines_run(files, &user));
}
