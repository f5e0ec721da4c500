/* Recovery: what a killed writer left unsealed. */
#include "common/base/buffer.h"
#include "common/log/log.h"
#include "common/spool/folder.h"
#include "common/spool/segment.h"
#include "common/spool/spool_dir.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <sysexits.h>
#include <unistd.h>

static int cannot(const char *message, const struct spool_dir *dir, const char *name)
{
	return fail(EX_IOERR, message, {"spool", dir->path}, {"segment", name}, LOG_ERRNO(errno));
}

static int read_all(int fd, struct buffer *content)
{
	struct stat info;

	if (fstat(fd, &info))
		return -1;
	size_t size = (size_t)info.st_size;
	char *at = buffer_reserve(content, size + 1);
	if (!at)
		return -1;
	while (content->length < size) {
		ssize_t n = pread(
			fd, at + content->length, size - content->length, (off_t)content->length);
		if (n <= 0)
			return (int)n;
		content->length += (size_t)n;
	}
	return 0;
}

/* Write the bytes over themselves. After a failed fsync the kernel takes pages for clean that
 * never reached the disk, and another fsync would succeed; this makes them dirty. */
static int write_again(int fd, struct span bytes)
{
	for (size_t at = 0; at < bytes.length;) {
		ssize_t n = pwrite(fd, bytes.data + at, bytes.length - at, (off_t)at);
		if (n < 0 && errno != EINTR)
			return -1;
		if (n > 0)
			at += (size_t)n;
	}
	return ftruncate(fd, (off_t)bytes.length);
}

/* Nothing was written, or only the beginning of one line. */
static int discard(const struct spool_dir *dir, const char *name)
{
	if (unlinkat(dir->tmp_fd, name, 0))
		return cannot("cannot remove a segment", dir, name);
	return 0;
}

static int seal_whole_lines(const struct spool_dir *dir, int fd, const char *name)
{
	struct buffer content = {0};
	int status;

	if (read_all(fd, &content)) {
		buffer_release(&content);
		return cannot("cannot read a segment", dir, name);
	}
	struct span whole = {content.data, segment_whole_lines(buffer_span(&content))};
	if (whole.length < content.length)
		log_warning("dropped a torn line", {"spool", dir->path}, {"segment", name},
			{"bytes", log_number((int64_t)(content.length - whole.length)).text});
	if (whole.length == 0)
		status = discard(dir, name);
	else if (write_again(fd, whole))
		status = cannot("cannot write a segment", dir, name);
	else
		status = spool_dir_seal(dir, fd, name);
	buffer_release(&content);
	if (status == EX_TEMPFAIL)
		return fail(EX_IOERR, "no room to seal a segment", {"spool", dir->path},
			{"segment", name});
	if (!status && whole.length > 0)
		log_info("recovered a segment", {"spool", dir->path}, {"segment", name},
			{"bytes", log_number((int64_t)whole.length).text});
	return status;
}

static int recover(const struct spool_dir *dir, const char *name)
{
	int fd = openat(dir->tmp_fd, name, O_RDWR | O_NOFOLLOW | O_CLOEXEC);

	if (fd < 0)
		return cannot("cannot open a segment", dir, name);
	int status = seal_whole_lines(dir, fd, name);
	close(fd);
	return status;
}

int spool_dir_recover(struct spool_dir *dir)
{
	DIR *folder = spool_dir_list(dir, dir->tmp_fd);
	const struct dirent *entry;
	int status = 0;

	if (!folder)
		return EX_IOERR;
	while (!status && (entry = spool_folder_next(folder)) != NULL) {
		clock_us time;
		if (segment_name_parse(entry->d_name, &time))
			status = recover(dir, entry->d_name);
	}
	return spool_folder_close(folder, dir->path, status);
}
