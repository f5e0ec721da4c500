#include "tools/wd-drain/keep.h"

#include "common/log.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/stat.h>
#include <sysexits.h>
#include <unistd.h>
#include <zstd.h>

#define CHUNK_BYTES ((size_t)128 << 10)

static int cannot(const char *message, const char *path)
{
	return fail(EX_IOERR, message, {"dir", path}, LOG_ERRNO(errno));
}

int keep_open(struct keep *keep, const char *path)
{
	*keep = (struct keep){.path = path, .folder_fd = -1, .event_fd = -1, .segment_fd = -1};
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

static int write_all(int fd, const char *data, size_t length)
{
	for (size_t at = 0; at < length;) {
		ssize_t n = write(fd, data + at, length - at);
		if (n < 0 && errno != EINTR)
			return errno;
		if (n > 0)
			at += (size_t)n;
	}
	return 0;
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
		int error = write_all(fd, compressed, out.pos);
		if (error)
			return error;
	} while (end ? left > 0 : in->pos < in->size);
	return 0;
}

static int compress_file(ZSTD_CCtx *context, int from, int to)
{
	char chunk[CHUNK_BYTES];
	ssize_t n;

	do {
		n = read(from, chunk, sizeof(chunk));
		if (n < 0)
			return errno;
		ZSTD_inBuffer in = {chunk, (size_t)n, 0};
		int error = compress_chunk(context, &in, n == 0, to);
		if (error)
			return error;
	} while (n > 0);
	return fsync(to) ? errno : 0;
}

/* Write the compressed segment under a temporary name, then rename it. */
static int write_kept(const struct keep *keep, ZSTD_CCtx *context)
{
	char name[SEGMENT_NAME_SIZE + sizeof(".zst")], temporary[sizeof(name) + sizeof(".part")];

	snprintf(name, sizeof(name), "%s.zst", keep->name);
	snprintf(temporary, sizeof(temporary), "%s.part", name);
	int fd = openat(keep->folder_fd, temporary,
		O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC, 0640);
	if (fd < 0)
		return errno;
	int error = compress_file(context, keep->segment_fd, fd);
	close(fd);
	if (!error && renameat(keep->folder_fd, temporary, keep->folder_fd, name))
		error = errno;
	if (!error && fsync(keep->folder_fd))
		error = errno;
	if (error)
		unlinkat(keep->folder_fd, temporary, 0);
	return error;
}

static void *run_job(void *self)
{
	struct keep *keep = self;
	ZSTD_CCtx *context = ZSTD_createCCtx();
	uint64_t one = 1;

	keep->error = ENOMEM;
	if (context) {
		ZSTD_CCtx_setParameter(context, ZSTD_c_checksumFlag, 1);
		keep->error = write_kept(keep, context);
	}
	ZSTD_freeCCtx(context);
	ssize_t written = write(keep->event_fd, &one, sizeof(one));
	(void)written;
	return NULL;
}

int keep_start(struct keep *keep, const char *name, int fd)
{
	memcpy(keep->name, name, SEGMENT_NAME_SIZE);
	keep->segment_fd = fd;
	int error = pthread_create(&keep->thread, NULL, run_job, keep);
	keep->running = error == 0;
	if (error)
		close(fd);
	return error;
}

void keep_wait(struct keep *keep)
{
	uint64_t done;

	pthread_join(keep->thread, NULL);
	ssize_t n = read(keep->event_fd, &done, sizeof(done));
	(void)n;
	close(keep->segment_fd);
	keep->segment_fd = -1;
	keep->running = false;
}

bool keep_is_done(struct keep *keep)
{
	struct pollfd done = {.fd = keep->event_fd, .events = POLLIN};

	if (!keep->running || poll(&done, 1, 0) <= 0)
		return false;
	keep_wait(keep);
	return true;
}

void keep_close(struct keep *keep)
{
	if (keep->running)
		keep_wait(keep);
	if (keep->event_fd >= 0)
		close(keep->event_fd);
	if (keep->folder_fd >= 0)
		close(keep->folder_fd);
	keep->event_fd = keep->folder_fd = -1;
}
