/* The input's lines into the store: no line waits longer than it may. */
#include "tools/wd-store/fill.h"

#include "common/clock.h"
#include "common/lines.h"
#include "common/log.h"
#include "common/record.h"
#include "common/scan/scan.h"
#include "tools/wd-store/route.h"
#include "tools/wd-store/store.h"

#include <signal.h>
#include <sysexits.h>
#include <unistd.h>

/* The loop's user. */
struct filler {
	struct store store;
	size_t job, jobs;
	bool acknowledge;
	int64_t delay_us;
	int64_t since_us; /* when the first of the waiting lines came, on the monotonic clock */
};

static int take(struct filler *filler, struct span line, const char *fault)
{
	int status = store_line(&filler->store, line, fault);

	if (store_waiting(&filler->store) == 1)
		filler->since_us = clock_mono_us();
	return status;
}

static bool mine(const struct filler *filler, struct span line)
{
	return filler->jobs == 1 || route(line, filler->jobs) == filler->job;
}

/* Control lines are not records: they are neither stored nor counted. */
static int take_line(void *self, struct span line)
{
	struct filler *filler = self;
	struct mark mark;

	switch (control_parse(line, &mark)) {
	case CONTROL_MARK:
		return filler->acknowledge ? store_mark(&filler->store, &mark) : 0;
	case CONTROL_REPLY:
		return 0;
	case CONTROL_NONE:
		break;
	}
	return mine(filler, line) ? take(filler, line, NULL) : 0;
}

/* A source that sends unacknowledged input again must not get half a line as a reject. */
static int take_rest(void *self, struct span rest)
{
	const struct filler *filler = self;
	struct scan_error error;

	if (!filler->acknowledge && !filler->store.fail_fast)
		return take_line(self, rest);
	if (scan_check(rest, SCAN_STRICT, &error))
		return take_line(self, rest);
	if (filler->acknowledge) {
		log_warning("incomplete last line dropped",
			{"bytes", log_number((int64_t)rest.length).text});
		return 0;
	}
	return fail(EX_DATAERR, "the input ends within a line: its writer has died",
		{"bytes", log_number((int64_t)rest.length).text});
}

static int take_overlong(void *self, struct span beginning)
{
	const struct span kept = {beginning.data, RECORD_RAW_MAX};

	return mine(self, kept) ? take(self, kept, "too_long: over 16 MiB") : 0;
}

static int64_t left_us(const struct filler *filler)
{
	return filler->since_us + filler->delay_us - clock_mono_us();
}

/* While nothing comes in there is time to hear what became of what was sent. */
static int settle(void *self, bool idle)
{
	struct filler *filler = self;
	int status = 0;

	if (store_waiting(&filler->store) > 0 && left_us(filler) <= 0)
		status = store_send(&filler->store);
	return status || !idle ? status : store_finish(&filler->store);
}

static int timeout_ms(void *self)
{
	const struct filler *filler = self;
	int64_t us = left_us(filler);

	if (store_waiting(&filler->store) == 0)
		return -1;
	return us > 0 ? (int)(us / 1000) + 1 : 0;
}

static int heed(void *self, int signal_number)
{
	const struct filler *filler = self;

	if (signal_number == SIGUSR1)
		counts_report(filler->store.counts);
	return 0;
}

static int store_files(struct filler *filler, char *const *files)
{
	const struct line_handler user = {
		.self = filler,
		.line = take_line,
		.overlong = take_overlong,
		.settle = settle,
		.timeout_ms = timeout_ms,
		.signal = heed,
		.rest = take_rest,
		.progress = filler->jobs == 1 ? LINES_PROGRESS_ALONE : LINES_PROGRESS_HIDDEN,
	};
	int status = lines_run(files, &user);

	if (!status)
		status = store_send(&filler->store);
	if (!status)
		status = store_finish(&filler->store);
	return status;
}

int fill(struct sink *sink, const struct fill_settings *settings, char *const *files,
	struct counts *counts)
{
	struct filler filler = {
		.job = settings->job,
		.jobs = settings->jobs,
		.acknowledge = settings->acknowledge,
		.delay_us = (int64_t)(settings->delay_s * 1e6),
	};
	int status = store_open(&filler.store, sink, (size_t)settings->batch, settings->fail_fast);

	filler.store.counts = counts;
	if (!status && settings->acknowledge)
		status = store_acknowledge(&filler.store, STDOUT_FILENO);
	if (!status)
		status = store_files(&filler, files);
	store_close(&filler.store);
	return status;
}
