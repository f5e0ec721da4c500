/* wd-health: which kits can be trusted, now. */
#include "common/array.h"
#include "common/lines.h"
#include "common/log.h"
#include "common/opt.h"
#include "common/stop.h"
#include "tools/wd-health/health.h"

/* How much later than their time timers run, so that lines on their way come first. */
#define GRACE_US CLOCK_SECOND_US

struct filter {
	struct health health;
	bool replay;
	clock_us anchor;     /* the time of the stream when it was last seen to move, */
	int64_t anchor_mono; /* and the monotonic clock then */
};

static int take_line(void *self, struct span line)
{
	return health_line(&((struct filter *)self)->health, line);
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

static int settle(void *self, bool idle)
{
	struct filter *filter = self;
	struct health *health = &filter->health;
	int status = 0;

	if (health->timeline.now != filter->anchor) {
		filter->anchor = health->timeline.now;
		filter->anchor_mono = clock_mono_us();
	} else if (idle && !filter->replay && now_without_lines(filter) >= health_next(health)) {
		status = health_advance(health, now_without_lines(filter));
	}
	return status ? status : health_flush(health);
}

static int patience_ms(void *self)
{
	struct filter *filter = self;
	clock_us next = health_next(&filter->health);

	if (filter->replay || next == WATCH_NEVER)
		return -1;
	int64_t wait_us = next - now_without_lines(filter);
	return wait_us > 0 ? (int)(wait_us / 1000) + 1 : 0;
}

int main(int argc, char **argv)
{
	double threshold_s = 60;
	struct filter filter = {.health.next_silence = WATCH_NEVER};
	struct opt opts[] = {
		{"stale-threshold", OPT_SECONDS, &threshold_s, "SECONDS",
			"without a good reply for this long a kit is stale (60)", 1, 86400,
			"STALE_THRESHOLD"},
		{"replay", OPT_FLAG, &filter.replay, NULL,
			"time passes by lines only, never by waiting"},
	};
	struct opt_tool tool = {"wd-health", "[FILE ...]",
		"Watches which kits answer, and passes all lines on.", opts, ARRAY_SIZE(opts)};

	int status = stop_open();
	if (status)
		return status;
	int operand = opt_parse(&tool, argc, argv);
	filter.health.threshold_us = (int64_t)(threshold_s * (double)CLOCK_SECOND_US);
	notice_open();
	status = lines_run(argv + operand,
		&(struct lines_user){&filter, take_line, refuse_line, settle, patience_ms});
	buffer_release(&filter.health.out);
	fleet_release(&filter.health.fleet);
	return status;
}
