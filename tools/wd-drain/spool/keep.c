#define _GNU_SOURCE /* sync_file_range() */
#include "tools/wd-drain/spool/keep.h"

#include "common/log/log.h"
#include "common/pipeline/thread.h"
#include "common/process/event.h"
#include "tools/wd-drain/write_all.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sysexits.h>
#include <unistd.h>
#include <zstd.h>

#define CHUNK_BYTES ((size_t)128 << 10)

/* Of the thread. */
#define NICE 5

static int cannot(const char *message, const char *path)
{
	return fail(EX_IOERR, message, {"dir", path}, LOG_ERRNO(errno));
}

int keep_open(struct keep *keep, const char *path)
{
	*keep = (struct keep){.path = path, .folder_fd = -1, .event_fd = -1};
	if (!path)
		return 0;
	if (mkdir(path, 0700) && errno != EEXIST)
		return cannot("cannot make the folder for kept segments", path);
	keep->folder_fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (keep->folder_fd < 0)
		return cannot("cannot open the folder for kept segments", path);
	keep->event_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	return keep->event_fd < 0 ? cannot("cannot make an event descriptor", path) : 0;
}

/* Compress one chunk; with `end` also what the library holds back. */
static int compress_chunk(ZSTD_CCtx *context, ZSTD_inBuffer *in, bool end, int fd)
{
	char compressed[CHUNK_BYTES];
	size_t left;

	do {
		ZSTD_outBuffer out = {compressed, sizeof(compressed), 0};
		left = ZSTD_compressStream2(context, &out, in, end ? ZSTD_e_end : ZSTD_e_continue);
		if (ZSTD_isError(left))
			return EIO;
		int error = write_all(fd, (struct span){compressed, out.pos});
		if (error)
			return error;
	} while (end ? left > 0 : in->pos < in->size);
	return 0;
}

static int compress_file(const struct keep *keep, ZSTD_CCtx *context, int from, int to)
{
	char chunk[CHUNK_BYTES];
	ssize_t n;

	ZSTD_CCtx_reset(context, ZSTD_reset_session_only);
	do {
		if (keep->cancelled)
			return ECANCELED;
		n = read(from, chunk, sizeof(chunk));
		if (n < 0)
			return errno;
		ZSTD_inBuffer in = {chunk, (size_t)n, 0};
		int error = compress_chunk(context, &in, n == 0, to);
		if (error)
			return error;
	} while (n > 0);
	return 0;
}

struct keep_names {
	char kept[SEGMENT_NAME_SIZE + sizeof(".zst")];
	char temporary[SEGMENT_NAME_SIZE + sizeof(".zst.part")];
};

static struct keep_names names_of(const struct keep_job *job)
{
	struct keep_names names;

	snprintf(names.kept, sizeof(names.kept), "%s.zst", job->name);
	snprintf(names.temporary, sizeof(names.temporary), "%s.part", names.kept);
	return names;
}

/* Write the compressed segment under a temporary name. The kernel begins to write it to the disk,
 * so that a later fsync(2) takes the files together. */
static int write_kept(const struct keep *keep, struct keep_job *job, ZSTD_CCtx *context)
{
	const struct keep_names names = names_of(job);

	job->kept_fd = openat(keep->folder_fd, names.temporary,
		O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC, 0640);
	if (job->kept_fd < 0)
		return errno;
	int error = compress_file(keep, context, job->segment_fd, job->kept_fd);
	if (!error)
		sync_file_range(job->kept_fd, 0, 0, SYNC_FILE_RANGE_WRITE);
	return error;
}

static int rename_kept(const struct keep *keep, const struct keep_job *job)
{
	const struct keep_names names = names_of(job);

	if (fsync(job->kept_fd) ||
		renameat(keep->folder_fd, names.temporary, keep->folder_fd, names.kept))
		return errno;
	return 0;
}

static void write_all_kept(struct keep *keep, ZSTD_CCtx *context)
{
	for (size_t i = 0; i < keep->count; i++)
		keep->jobs[i].error = write_kept(keep, &keep->jobs[i], context);
	for (size_t i = 0; i < keep->count; i++) {
		struct keep_job *job = &keep->jobs[i];
		if (!job->error)
			job->error = keep->cancelled ? ECANCELED : rename_kept(keep, job);
		if (job->error)
			unlinkat(keep->folder_fd, names_of(job).temporary, 0);
	}
}

static void set_errors(struct keep *keep, int error)
{
	for (size_t i = 0; i < keep->count; i++) {
		if (!keep->jobs[i].error)
			keep->jobs[i].error = error;
	}
}

/* Level 1 compresses replies, which repeat themselves, no worse than the default level, and takes
 * half the time. Storing is more urgent than keeping: the thread yields to it. */
static void *run_jobs(void *self)
{
	struct keep *keep = self;
	ZSTD_CCtx *context = ZSTD_createCCtx();

	setpriority(PRIO_PROCESS, 0, NICE);
	if (context) {
		ZSTD_CCtx_setParameter(context, ZSTD_c_checksumFlag, 1);
		ZSTD_CCtx_setParameter(context, ZSTD_c_compressionLevel, 1);
		write_all_kept(keep, context);
		if (fsync(keep->folder_fd))
			set_errors(keep, errno);
	} else {
		set_errors(keep, ENOMEM);
	}
	ZSTD_freeCCtx(context);
	event_signal(keep->event_fd);
	return NULL;
}

void keep_add(struct keep *keep, const char *name, int fd)
{
	struct keep_job *job = &keep->jobs[keep->count++];

	*job = (struct keep_job){.segment_fd = fd, .kept_fd = -1};
	memcpy(job->name, name, SEGMENT_NAME_SIZE);
}

static void close_files(struct keep *keep)
{
	for (size_t i = 0; i < keep->count; i++) {
		struct keep_job *job = &keep->jobs[i];
		close(job->segment_fd);
		if (job->kept_fd >= 0)
			close(job->kept_fd);
	}
}

void keep_clear(struct keep *keep)
{
	keep->count = 0;
}

int keep_start(struct keep *keep)
{
	keep->running = thread_start(&keep->thread, run_jobs, keep);
	if (keep->running)
		return 0;
	close_files(keep);
	keep_clear(keep);
	return EAGAIN;
}

void keep_wait(struct keep *keep)
{
	pthread_join(keep->thread, NULL);
	event_take(keep->event_fd);
	close_files(keep);
	keep->running = false;
}

bool keep_is_done(struct keep *keep)
{
	if (!keep->running || !event_is_signaled(keep->event_fd))
		return false;
	keep_wait(keep);
	return true;
}

void keep_close(struct keep *keep)
{
	keep->cancelled = true;
	if (keep->running)
		keep_wait(keep);
	if (keep->event_fd >= 0)
		close(keep->event_fd);
	if (keep->folder_fd >= 0)
		close(keep->folder_fd);
	keep->event_fd = keep->folder_fd = -1;
}
