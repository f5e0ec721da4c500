#include "tools/wd-drain/spool/aside.h"

#include "common/log/log.h"
#include "tools/wd-drain/write_all.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sysexits.h>
#include <unistd.h>

static int cannot(const struct spool_reader *reader, const char *name)
{
	return fail(EX_IOERR, "cannot set data aside in the spool's folder bad",
		{"spool", reader->path}, {"segment", name}, LOG_ERRNO(errno));
}

int aside_segment(const struct spool_reader *reader, const char *name, const char *reason)
{
	int bad_fd = spool_reader_open_bad(reader);

	if (bad_fd < 0)
		return cannot(reader, name);
	int result = renameat(reader->new_fd, name, bad_fd, name);
	if (result && errno == ENOENT)
		result = 0;
	int status = result || fsync(bad_fd) ? cannot(reader, name) : 0;
	close(bad_fd);
	if (!status)
		log_warning("set a segment aside", {"spool", reader->path}, {"segment", name},
			{"reason", reason});
	return status;
}

/* Read the line; what wd-drain drops while feeding is not there. Return 0, or -1 and errno. */
static int read_line(
	const struct spool_reader *reader, const char *name, size_t number, struct buffer *line)
{
	struct input input;

	if (input_open(&input, reader, name))
		return -1;
	input.first = input.last = number;
	while (input_read(&input, line))
		;
	int error = input.failed ? errno : line->failed ? ENOMEM : 0;
	input_close(&input);
	errno = error;
	return error ? -1 : 0;
}

static int write_file(int folder_fd, const char *name, struct span content)
{
	char temporary[SEGMENT_NAME_SIZE + 32];

	snprintf(temporary, sizeof(temporary), "%s.part", name);
	unlinkat(folder_fd, temporary, 0);
	int fd = openat(
		folder_fd, temporary, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0640);
	if (fd < 0)
		return -1;
	errno = write_all(fd, content);
	int result = errno || fsync(fd) ? -1 : 0;
	close(fd);
	if (!result)
		result = renameat(folder_fd, temporary, folder_fd, name);
	if (result)
		unlinkat(folder_fd, temporary, 0);
	return result ? -1 : fsync(folder_fd);
}

static int set_aside(
	const struct spool_reader *reader, const char *name, size_t line, struct span content)
{
	char file[SEGMENT_NAME_SIZE + 24];
	int bad_fd = spool_reader_open_bad(reader);
	int status = 0;

	snprintf(file, sizeof(file), "%s-%zu", name, line);
	if (bad_fd < 0 || write_file(bad_fd, file, content))
		status = cannot(reader, name);
	else
		log_warning("set a line aside: a stage fails on it", {"spool", reader->path},
			{"segment", name}, {"line", log_number((int64_t)line).text});
	if (bad_fd >= 0)
		close(bad_fd);
	return status;
}

int aside_line(const struct spool_reader *reader, const char *name, size_t line)
{
	struct buffer content = {0};
	int status = read_line(reader, name, line, &content);

	if (!status)
		status = set_aside(reader, name, line, buffer_span(&content));
	buffer_release(&content);
	return status;
}
