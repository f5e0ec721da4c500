#include "tools/wd-drain/spool/release.h"

#include "common/log/log.h"

#include <errno.h>
#include <string.h>

#define RETRY_US (30 * CLOCK_SECOND_US)

int release_open(struct release *release, struct spool_reader *reader, const char *keep)
{
	*release = (struct release){.reader = reader, .retry_us = INT64_MAX};
	return keep_open(&release->keep, keep);
}

void release_close(struct release *release)
{
	keep_close(&release->keep);
	segment_names_release(&release->waiting);
}

int release_add(struct release *release, const char *name)
{
	return segment_names_add(&release->waiting, name);
}

bool release_is_busy(const struct release *release)
{
	return release->keep.running || release->next < release->waiting.count;
}

/* The segment at `index` is out of the spool. */
static void forget(struct release *release, size_t index)
{
	struct segment_names *waiting = &release->waiting;

	release->released++;
	memmove(waiting->names + index, waiting->names + index + 1,
		(waiting->count - index - 1) * sizeof(*waiting->names));
	waiting->count--;
	if (waiting->count == 0)
		release->failing = false;
}

/* `dir` is the folder of the copy, or NULL. */
static void put_off(
	struct release *release, const char *message, const char *dir, int error, int64_t now_us)
{
	if (!release->failing)
		log_warning(message, {"segment", release->waiting.names[release->next]},
			LOG_ERRNO(error), {"dir", dir}, {"retry_in", log_seconds(30).text});
	release->failing = true;
	if (release->retry_us == INT64_MAX)
		release->retry_us = now_us + RETRY_US;
	release->next++;
}

static void cannot_keep(struct release *release, int error, int64_t now_us)
{
	put_off(release, "cannot keep a stored segment: it stays in the spool", release->keep.path,
		error, now_us);
}

static void remove_next(struct release *release, int64_t now_us)
{
	if (spool_reader_remove(release->reader, release->waiting.names[release->next]))
		put_off(release, "cannot remove a stored segment: it stays in the spool", NULL,
			errno, now_us);
	else
		forget(release, release->next);
}

/* Add a job for the segment at `index`. Return 0 or an errno. */
static int add_job(struct release *release, size_t index)
{
	const char *name = release->waiting.names[index];
	struct segment_identity identity;
	int fd = spool_reader_open_segment(release->reader, name, &identity);

	if (fd < 0)
		return errno;
	keep_add(&release->keep, name, fd);
	return 0;
}

/* Begin to make copies of the next segments, as many as can be opened. */
static void keep_next(struct release *release, int64_t now_us)
{
	struct keep *keep = &release->keep;
	int error = 0;

	keep_clear(keep);
	while (!error && keep->count < KEEP_JOBS_MAX &&
		release->next + keep->count < release->waiting.count)
		error = add_job(release, release->next + keep->count);
	if (keep->count > 0)
		error = keep_start(keep);
	if (error == ENOENT && !keep->running)
		forget(release, release->next);
	else if (error && !keep->running)
		cannot_keep(release, error, now_us);
}

/* The jobs are those of the segments from `next` on. */
static void finish_keep(struct release *release, int64_t now_us)
{
	const struct keep *keep = &release->keep;

	for (size_t i = 0; i < keep->count; i++) {
		if (keep->jobs[i].error)
			cannot_keep(release, keep->jobs[i].error, now_us);
		else
			remove_next(release, now_us);
	}
}

void release_wait(struct release *release)
{
	if (!release->keep.running)
		return;
	keep_wait(&release->keep);
	finish_keep(release, clock_mono_us());
}

void release_clear(struct release *release)
{
	release_wait(release);
	segment_names_release(&release->waiting);
	release->next = 0;
	release->failing = false;
	release->retry_us = INT64_MAX;
}

void release_continue(struct release *release, int64_t now_us)
{
	if (release->keep.running) {
		if (!keep_is_done(&release->keep))
			return;
		finish_keep(release, now_us);
	}
	if (now_us >= release->retry_us) {
		release->retry_us = INT64_MAX;
		release->next = 0;
	}
	while (release->next < release->waiting.count && !release->keep.running) {
		if (release->keep.folder_fd >= 0)
			keep_next(release, now_us);
		else
			remove_next(release, now_us);
	}
}
