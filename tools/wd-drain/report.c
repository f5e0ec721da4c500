#include "tools/wd-drain/report.h"

#include "common/log/log.h"
#include "common/process/notify.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <unistd.h>

#define STATUS_US   CLOCK_MINUTE_US
#define PROGRESS_US (2 * CLOCK_SECOND_US)

static void format_status(
	const struct drain *drain, const struct spool_backlog *backlog, char *text, size_t size)
{
	const struct reply_counts *counts = &drain->counts;
	clock_us age = backlog->oldest ? clock_wall_us() - backlog->oldest : 0;
	int used = snprintf(text, size,
		"drained=%" PRId64 " waiting=%" PRId64 " bytes=%" PRId64 " oldest_s=%" PRId64
		" read=%" PRId64 " stored=%" PRId64 " unchanged=%" PRId64 " rejected=%" PRId64
		" ignored=%" PRId64,
		drain->release.released - drain->reported, backlog->segments, backlog->bytes,
		age > 0 ? age / CLOCK_SECOND_US : 0, counts->read, counts->stored,
		counts->unchanged, counts->rejected, counts->ignored);

	if (drain->release.failing)
		used += snprintf(text + used, size - (size_t)used, " unreleased=%zu",
			drain->release.waiting.count);
	if (drain->unreadable.names.count > 0)
		used += snprintf(text + used, size - (size_t)used, " unreadable=%zu",
			drain->unreadable.names.count);
	if (drain->reserved > 0)
		snprintf(text + used, size - (size_t)used, " dropped=%" PRId64, drain->reserved);
}

void report_status(struct drain *drain, int64_t now_us)
{
	struct spool_backlog backlog = {0};
	char text[512], line[sizeof(text) + 16];

	drain->report_us = now_us + STATUS_US;
	if (drain->spool.new_fd < 0 || spool_reader_measure(&drain->spool, &backlog))
		return;
	if (drain->release.released == drain->reported && backlog.segments == 0)
		return;
	format_status(drain, &backlog, text, sizeof(text));
	snprintf(line, sizeof(line), "segments %s", text);
	if (log_shows(LOG_INFO))
		log_plain(line);
	snprintf(line, sizeof(line), "STATUS=%s", text);
	notify(line);
	drain->reported = drain->release.released;
	drain->reserved = 0;
	drain->counts = (struct reply_counts){0};
}

void report_stored(const struct drain *drain)
{
	const char *path = drain->settings.health_file;
	char text[CLOCK_TEXT_SIZE + 1];

	if (!path)
		return;
	clock_format(clock_wall_us(), text);
	text[CLOCK_TEXT_SIZE - 1] = '\n';
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NONBLOCK, 0644);
	if (fd < 0 || write(fd, text, CLOCK_TEXT_SIZE) < 0)
		log_warning("cannot write the health file", {"file", path}, LOG_ERRNO(errno));
	if (fd >= 0)
		close(fd);
}

void report_progress(const struct drain *drain, int64_t now_us)
{
	char text[80];

	if (!drain->settings.once || now_us - drain->began_us < PROGRESS_US)
		return;
	snprintf(text, sizeof(text), "%" PRId64 " of %zu segments are done",
		drain->release.released, drain->queue_total);
	log_status(text);
}
