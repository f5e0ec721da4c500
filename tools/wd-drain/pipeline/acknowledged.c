#include "tools/wd-drain/pipeline/acknowledged.h"

#include "common/log/log.h"
#include "tools/wd-drain/report.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sysexits.h>
#include <unistd.h>

static bool acknowledge(void *self, const struct sink_reply *reply)
{
	struct run *run = self;

	if (!window_ack(&run->window, reply->mark))
		return false;
	if (run->request->commit)
		reply_counts_add(&run->drain->counts, &reply->counts);
	return true;
}

/* Whether the file is not the one that was read, as where it was not sealed then. */
static bool has_changed(const struct run *run, const struct window_segment *segment)
{
	struct segment_identity now;

	if (!spool_reader_identify(&run->drain->spool, segment->name, &now) ||
		segment_identity_equals(&now, &segment->identity))
		return false;
	log_warning("a segment has changed since it was read: it will be fed again",
		{"spool", run->drain->spool.path}, {"segment", segment->name});
	return true;
}

/* The segments that are stored by now: those of the checkpoint, and older ones that could not be
 * released yet. */
static int list_stored(struct run *run, size_t covered, struct segment_names *stored)
{
	int status = 0;

	for (size_t i = 0; !status && i < covered; i++) {
		const struct window_segment *segment = &run->window.segments[i];
		if (has_changed(run, segment))
			run->drain->queue_is_stale = true;
		else
			status = segment_names_add(stored, segment->name);
	}
	return status ? status : segment_names_add_all(stored, &run->drain->release.waiting);
}

static int commit(struct run *run, const struct window_checkpoint *checkpoint)
{
	struct drain *drain = run->drain;
	struct segment_names stored = {0};
	size_t before = drain->release.waiting.count;
	char mark[MARK_SIZE];
	int status = list_stored(run, checkpoint->covered, &stored);

	snprintf(mark, sizeof(mark), "%s.%" PRIu64, run->source.pipeline.nonce, checkpoint->mark);
	/* Names that were removed before are not in `covers` any more: that must be durable
	 * first. */
	if (!status && fsync(drain->spool.new_fd))
		status = fail(EX_IOERR, "cannot sync the spool", {"spool", drain->spool.path},
			LOG_ERRNO(errno));
	if (!status)
		status = state_commit(&drain->state, mark, &drain->spool, &stored);
	for (size_t i = 0; !status && i + before < stored.count; i++)
		status = release_add(&drain->release, stored.names[i]);
	segment_names_release(&stored);
	if (status)
		return status;
	window_drop(&run->window, checkpoint->covered);
	release_continue(&drain->release, run->source.now_us);
	report_stored(drain);
	report_progress(drain, run->source.now_us);
	return 0;
}

void read_replies(struct run *run)
{
	struct window_checkpoint checkpoint;

	source_read(&run->source, acknowledge, run);
	while (!run->source.status && window_take_checkpoint(&run->window, &checkpoint)) {
		int status = commit(run, &checkpoint);
		if (status)
			source_fail(&run->source, status);
	}
}
