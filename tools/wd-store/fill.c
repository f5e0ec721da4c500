/* From lines to batches: each is stored when it is full, or when its first line has waited enough.
 */
#include "tools/wd-store/fill.h"

#include "common/clock.h"
#include "common/lines.h"
#include "common/record.h"
#include "tools/wd-store/store.h"

#include <signal.h>

/* The loop's user: a batch that is open for `delay_us` at most. */
struct filler {
	struct store store;
	struct batch batch;
	int64_t delay_us;
	int64_t opened_us; /* of the batch's first line, on the monotonic clock */
};

static int take(struct filler *filler, struct span line, const char *fault)
{
	int status = 0;

	if (batch_is_full(&filler->batch, line.length))
		status = store_batch(&filler->store, &filler->batch);
	if (status)
		return status;
	if (filler->batch.count == 0)
		filler->opened_us = clock_mono_us();
	batch_add(&filler->batch, line, fault);
	filler->store.counts.read++;
	return 0;
}

static int take_line(void *self, struct span line)
{
	return take(self, line, NULL);
}

static int take_overlong(void *self, struct span beginning)
{
	struct span kept = {beginning.at, RECORD_RAW_MAX};

	return take(self, kept, "too_long: over 16 MiB");
}

static int64_t left_us(const struct filler *filler)
{
	return filler->opened_us + filler->delay_us - clock_mono_us();
}

static int settle(void *self, bool idle)
{
	struct filler *filler = self;

	(void)idle;
	if (filler->batch.count == 0 || left_us(filler) > 0)
		return 0;
	return store_batch(&filler->store, &filler->batch);
}

static int patience_ms(void *self)
{
	const struct filler *filler = self;
	int64_t us = left_us(filler);

	if (filler->batch.count == 0)
		return -1;
	return us > 0 ? (int)(us / 1000) + 1 : 0;
}

static int heed(void *self, int signal_number)
{
	const struct filler *filler = self;

	if (signal_number == SIGUSR1)
		store_report(&filler->store);
	return 0;
}

static int store_lines(struct filler *filler, char *const *files)
{
	const struct lines_user user = {
		.self = filler,
		.line = take_line,
		.overlong = take_overlong,
		.settle = settle,
		.patience_ms = patience_ms,
		.signal = heed,
	};
	int status = lines_run(files, &user);

	if (!status && filler->batch.count > 0)
		status = store_batch(&filler->store, &filler->batch);
	store_report(&filler->store);
	return status;
}

int fill(struct sink *sink, const struct fill_settings *settings, char *const *files)
{
	struct filler filler = {.delay_us = (int64_t)(settings->delay_s * 1e6)};
	int status = store_open(&filler.store, sink, (size_t)settings->batch, settings->fail_fast);

	if (!status)
		status = batch_open(&filler.batch, (size_t)settings->batch);
	if (!status)
		status = store_lines(&filler, files);
	batch_close(&filler.batch);
	store_close(&filler.store);
	return status;
}
