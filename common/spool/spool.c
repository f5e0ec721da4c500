/* The spool: an open segment, when it is sealed, and what happens when there is no room. */
#include "common/spool/spool.h"

#include "common/log/log.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/random.h>
#include <sysexits.h>
#include <unistd.h>

/* A spool that was at its limit has room again when a sixteenth of it is free, not for each segment
 * that is drained. After as many bytes it is measured: other writers use it, too, and wd-drain
 * makes room. */
#define ROOM_PART 16

static int cannot(const struct spool *spool, const char *message)
{
	return fail(EX_IOERR, message, {"spool", spool->dir.path}, LOG_ERRNO(errno));
}

static bool no_room(void)
{
	return errno == ENOSPC || errno == EDQUOT;
}

bool spool_full(const struct spool *spool)
{
	return spool->over_limit || spool->disk_full;
}

bool spool_sealed(const struct spool *spool)
{
	return spool->bytes == 0 && spool->waiting.length == 0;
}

/* Log that the spool is full, or has room again, when that changes. */
static void announce(struct spool *spool)
{
	if (spool->logged_full == spool_full(spool))
		return;
	spool->logged_full = spool_full(spool);
	if (!spool->logged_full)
		log_info("the spool has room again", {"spool", spool->dir.path});
	else if (spool->over_limit)
		log_warning("the spool is at its limit: nothing is received until it is drained",
			{"spool", spool->dir.path}, {"bytes", log_number(spool->used_bytes).text},
			{"spool-max", log_number(spool->max_bytes).text},
			{"hint", "is wd-drain running? systemctl status wd-drain"});
	else
		log_warning("the disk is full: nothing is received until there is room",
			{"spool", spool->dir.path}, {"hint", log_errno_hint(ENOSPC)});
}

static void wait_for_disk(struct spool *spool, int64_t now_us)
{
	spool->disk_full = true;
	spool->retry_at_us = now_us + SPOOL_RETRY_US;
}

static int measure(struct spool *spool)
{
	struct spool_usage usage;
	int status = spool_dir_measure(&spool->dir, spool->dir.new_fd, &usage);

	if (status)
		return status;
	spool->used_bytes = usage.bytes;
	spool->measure_at = usage.bytes + spool->max_bytes / ROOM_PART;
	if (spool->measure_at > spool->max_bytes)
		spool->measure_at = spool->max_bytes;
	return 0;
}

static int check_limit(struct spool *spool)
{
	int status = 0;

	if (spool->over_limit || spool->used_bytes + spool->bytes < spool->measure_at)
		return 0;
	status = measure(spool);
	spool->over_limit = spool->used_bytes + spool->bytes >= spool->max_bytes;
	return status;
}

int spool_open(struct spool *spool, const struct spool_settings *settings)
{
	*spool = (struct spool){
		.max_bytes = settings->max_bytes, .seal_us = settings->seal_us, .fd = -1};
	int status = spool_dir_open(&spool->dir, settings->path, settings->writer, settings->force);
	if (status)
		return status;
	status = spool_dir_last_name(&spool->dir, &spool->last_name);
	if (!status)
		status = spool_dir_recover(&spool->dir);
	if (!status)
		status = check_limit(spool);
	if (status) {
		spool_dir_close(&spool->dir);
		return status;
	}
	announce(spool);
	return 0;
}

/* Open the next segment; 0 also where the disk is full, then without one. */
static int open_segment(struct spool *spool, int64_t now_us)
{
	uint32_t random = 0;

	if (getrandom(&random, sizeof(random), 0) < 0)
		return cannot(spool, "no random numbers for a segment's name");
	spool->last_name = segment_time_next(clock_wall_us(), spool->last_name);
	segment_name_format(spool->name, spool->last_name, random);
	spool->fd = spool_dir_create(&spool->dir, spool->name);
	if (spool->fd < 0 && no_room())
		wait_for_disk(spool, now_us);
	else if (spool->fd < 0)
		return cannot(spool, "cannot make a segment");
	spool->bytes = 0;
	spool->seal_at_us = now_us + spool->seal_us;
	return 0;
}

static void drop_segment(struct spool *spool)
{
	if (spool->fd >= 0)
		spool_dir_close_segment(&spool->dir, spool->fd);
	spool->fd = -1;
	spool->bytes = 0;
}

/* Seal the open segment, if it holds anything. */
int spool_seal(struct spool *spool, int64_t now_us)
{
	if (spool->fd < 0 || spool->bytes == 0)
		return 0;
	int status = spool_dir_seal(&spool->dir, spool->fd, spool->name);
	if (status == EX_TEMPFAIL) {
		wait_for_disk(spool, now_us);
		spool->seal_at_us = spool->retry_at_us;
		return 0;
	}
	if (!status)
		spool->used_bytes += spool->bytes;
	drop_segment(spool);
	return status;
}

/* The first `written` waiting bytes are in the file: keeps its whole lines, cuts off the rest, so
 * that the segment can be sealed as it is. */
static int keep_whole_lines(struct spool *spool, size_t written)
{
	struct buffer *waiting = &spool->waiting;
	size_t whole = segment_whole_lines((struct span){waiting->data, written});

	if (whole < written && ftruncate(spool->fd, (off_t)(spool->bytes + (int64_t)whole))) {
		int status = cannot(spool, "cannot cut off an unfinished line");
		drop_segment(spool);
		return status;
	}
	memmove(waiting->data, waiting->data + whole, waiting->length - whole);
	waiting->length -= whole;
	spool->bytes += (int64_t)whole;
	return 0;
}

/* Write what waits into the open segment, as far as there is room. */
static int write_waiting(struct spool *spool, int64_t now_us)
{
	struct buffer *waiting = &spool->waiting;
	size_t written = 0;

	while (written < waiting->length) {
		ssize_t n = write(spool->fd, waiting->data + written, waiting->length - written);
		if (n >= 0) {
			written += (size_t)n;
		} else if (no_room()) {
			wait_for_disk(spool, now_us);
			break;
		} else if (errno != EINTR) {
			int status = cannot(spool, "cannot write a segment");
			drop_segment(spool);
			return status;
		}
	}
	return keep_whole_lines(spool, written);
}

static int store_waiting(struct spool *spool, int64_t now_us)
{
	int status = 0;

	if (spool->waiting.length == 0)
		return 0;
	if (spool->fd < 0)
		status = open_segment(spool, now_us);
	if (!status && spool->fd >= 0)
		status = write_waiting(spool, now_us);
	if (!status && spool->bytes >= SPOOL_SEGMENT_BYTES)
		status = spool_seal(spool, now_us);
	return status ? status : check_limit(spool);
}

int spool_add(struct spool *spool, struct span lines, int64_t now_us)
{
	int status = 0;

	buffer_add_span(&spool->waiting, lines);
	if (spool->waiting.failed)
		return fail(EX_OSERR, "out of memory", {"spool", spool->dir.path});
	/* While the disk is full only spool_settle() tries, every now and then. */
	if (!spool->disk_full)
		status = store_waiting(spool, now_us);
	announce(spool);
	return status;
}

/* Report whether wd-drain, or another program on that disk, has freed space. */
static int look_for_room(struct spool *spool, int64_t now_us)
{
	int status = measure(spool);

	if (status)
		return status;
	spool->retry_at_us = now_us + SPOOL_RETRY_US;
	spool->disk_full = false;
	spool->over_limit =
		spool->used_bytes + spool->bytes > spool->max_bytes - spool->max_bytes / ROOM_PART;
	return store_waiting(spool, now_us);
}

int spool_settle(struct spool *spool, int64_t now_us)
{
	int status = 0;

	if (spool_full(spool) && now_us >= spool->retry_at_us)
		status = look_for_room(spool, now_us);
	if (!status && now_us >= spool->seal_at_us)
		status = spool_seal(spool, now_us);
	announce(spool);
	return status;
}

int64_t spool_due_us(const struct spool *spool)
{
	int64_t due_us = spool_full(spool) ? spool->retry_at_us : INT64_MAX;

	if (spool->bytes > 0 && spool->seal_at_us < due_us)
		due_us = spool->seal_at_us;
	return due_us;
}

static int64_t count_lines(struct span text)
{
	int64_t lines = 0;

	for (size_t i = 0; i < text.length; i++)
		lines += text.data[i] == '\n';
	return lines;
}

int spool_close(struct spool *spool)
{
	int64_t now_us = clock_mono_us();

	if (spool->dir.fd < 0)
		return 0;
	int status = store_waiting(spool, now_us);
	if (!status)
		status = spool_seal(spool, now_us);
	int64_t lost = count_lines(buffer_span(&spool->waiting));
	if (!status && lost > 0)
		status = fail(EX_IOERR, "the disk is full: lines are lost",
			{"spool", spool->dir.path}, {"lines", log_number(lost).text},
			{"hint", log_errno_hint(ENOSPC)});
	if (spool->fd >= 0 && spool->bytes == 0)
		unlinkat(spool->dir.tmp_fd, spool->name, 0);
	drop_segment(spool);
	buffer_release(&spool->waiting);
	spool_dir_close(&spool->dir);
	return status;
}
