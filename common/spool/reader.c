#include "common/spool/reader.h"

#include "common/log/log.h"
#include "common/spool/folder.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sysexits.h>
#include <unistd.h>

/* Number of planted names after which further ones are not logged. */
#define REPORTED_MAX 100

int segment_names_add(struct segment_names *names, const char *name)
{
	if (names->count == names->capacity) {
		size_t capacity = names->capacity ? 2 * names->capacity : 64;
		void *grown = realloc(names->names, capacity * sizeof(*names->names));
		if (!grown)
			return fail(EX_OSERR, "out of memory", {"segment", name});
		names->names = grown;
		names->capacity = capacity;
	}
	memcpy(names->names[names->count++], name, SEGMENT_NAME_SIZE);
	return 0;
}

int segment_names_add_all(struct segment_names *names, const struct segment_names *more)
{
	int status = 0;

	for (size_t i = 0; !status && i < more->count; i++)
		status = segment_names_add(names, more->names[i]);
	return status;
}

static int compare_names(const void *a, const void *b)
{
	return memcmp(a, b, SEGMENT_NAME_SIZE);
}

void segment_names_sort(struct segment_names *names)
{
	if (names->count > 0)
		qsort(names->names, names->count, sizeof(*names->names), compare_names);
}

void segment_names_release(struct segment_names *names)
{
	free(names->names);
	*names = (struct segment_names){0};
}

bool segment_names_contain(const struct segment_names *names, const char *name)
{
	return names->count > 0 &&
	       bsearch(name, names->names, names->count, sizeof(*names->names), compare_names);
}

static int cannot(const char *message, const char *path)
{
	return fail(EX_IOERR, message, {"spool", path}, LOG_ERRNO(errno));
}

static int open_and_lock(struct spool_reader *reader)
{
	reader->fd = open(reader->path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (reader->fd < 0)
		return errno == ENOENT ? EX_NOINPUT : cannot("cannot open the spool", reader->path);
	reader->new_fd = openat(reader->fd, "new", O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (reader->new_fd < 0)
		return errno == ENOENT ? EX_NOINPUT
				       : cannot("cannot open the spool's folder new", reader->path);
	if (flock(reader->new_fd, LOCK_EX | LOCK_NB) == 0)
		return 0;
	if (errno == EWOULDBLOCK)
		return fail(EX_CANTCREAT, "another wd-drain drains this spool",
			{"spool", reader->path}, {"hint", "fuser -v SPOOL/new shows which"});
	return cannot("cannot lock the spool", reader->path);
}

int spool_reader_open(struct spool_reader *reader, const char *path)
{
	*reader = (struct spool_reader){.path = path, .fd = -1, .new_fd = -1};
	int status = open_and_lock(reader);

	if (status)
		spool_reader_close(reader);
	return status;
}

void spool_reader_close(struct spool_reader *reader)
{
	if (reader->new_fd >= 0)
		close(reader->new_fd);
	if (reader->fd >= 0)
		close(reader->fd);
	reader->fd = reader->new_fd = -1;
	segment_names_release(&reader->reported);
}

bool spool_reader_is_current(const struct spool_reader *reader)
{
	struct stat opened, named;
	int fd = open(reader->path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	bool same = fd >= 0 && fstat(reader->new_fd, &opened) == 0 &&
		    fstatat(fd, "new", &named, AT_SYMLINK_NOFOLLOW) == 0 &&
		    opened.st_dev == named.st_dev && opened.st_ino == named.st_ino &&
		    faccessat(reader->new_fd, ".", R_OK | X_OK, 0) == 0;

	if (fd >= 0)
		close(fd);
	return same;
}

static bool is_regular(int folder_fd, const struct dirent *entry)
{
	struct stat info;

	if (entry->d_type != DT_UNKNOWN)
		return entry->d_type == DT_REG;
	return fstatat(folder_fd, entry->d_name, &info, AT_SYMLINK_NOFOLLOW) == 0 &&
	       S_ISREG(info.st_mode);
}

static int report_once(struct spool_reader *reader, const char *name)
{
	for (size_t i = 0; i < reader->reported.count; i++) {
		if (strcmp(reader->reported.names[i], name) == 0)
			return 0;
	}
	if (reader->reported.count >= REPORTED_MAX)
		return 0;
	log_warning("ignoring a segment that is not a regular file", {"spool", reader->path},
		{"segment", name});
	return segment_names_add(&reader->reported, name);
}

int spool_reader_list(struct spool_reader *reader, struct segment_names *names)
{
	DIR *folder = spool_folder_list(reader->new_fd, reader->path);
	const struct dirent *entry;
	clock_us time;
	int status = 0;

	if (!folder)
		return EX_IOERR;
	while (!status && (entry = spool_folder_next(folder)) != NULL) {
		if (!segment_name_parse(entry->d_name, &time))
			continue;
		if (is_regular(reader->new_fd, entry))
			status = segment_names_add(names, entry->d_name);
		else
			status = report_once(reader, entry->d_name);
	}
	status = spool_folder_close(folder, reader->path, status);
	segment_names_sort(names);
	return status;
}

bool segment_identity_equals(const struct segment_identity *a, const struct segment_identity *b)
{
	return a->inode == b->inode && a->size == b->size && a->mtime_ns == b->mtime_ns;
}

static struct segment_identity identity_of(const struct stat *info)
{
	return (struct segment_identity){info->st_ino, info->st_size,
		info->st_mtim.tv_sec * INT64_C(1000000000) + info->st_mtim.tv_nsec};
}

int spool_reader_open_segment(
	const struct spool_reader *reader, const char *name, struct segment_identity *identity)
{
	struct stat info;
	/* Without O_NONBLOCK, opening a FIFO would wait for its writer. */
	int fd = openat(reader->new_fd, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);

	if (fd < 0) {
		if (errno == ELOOP || errno == ENXIO || errno == ENODEV)
			errno = EINVAL;
		return -1;
	}
	if (fstat(fd, &info) == 0 && S_ISREG(info.st_mode)) {
		*identity = identity_of(&info);
		return fd;
	}
	close(fd);
	errno = EINVAL;
	return -1;
}

bool spool_reader_identify(
	const struct spool_reader *reader, const char *name, struct segment_identity *identity)
{
	struct stat info;

	if (fstatat(reader->new_fd, name, &info, AT_SYMLINK_NOFOLLOW) || !S_ISREG(info.st_mode))
		return false;
	*identity = identity_of(&info);
	return true;
}

int spool_reader_remove(const struct spool_reader *reader, const char *name)
{
	return unlinkat(reader->new_fd, name, 0) == 0 || errno == ENOENT ? 0 : -1;
}

int spool_reader_measure(const struct spool_reader *reader, struct spool_backlog *backlog)
{
	DIR *folder = spool_folder_list(reader->new_fd, reader->path);
	const struct dirent *entry;
	struct stat info;
	clock_us time;

	*backlog = (struct spool_backlog){0};
	if (!folder)
		return EX_IOERR;
	while ((entry = spool_folder_next(folder)) != NULL) {
		if (!segment_name_parse(entry->d_name, &time) ||
			fstatat(reader->new_fd, entry->d_name, &info, AT_SYMLINK_NOFOLLOW) ||
			!S_ISREG(info.st_mode))
			continue;
		backlog->segments++;
		backlog->bytes += info.st_size;
		if (backlog->oldest == 0 || time < backlog->oldest)
			backlog->oldest = time;
	}
	return spool_folder_close(folder, reader->path, 0);
}

int spool_reader_open_bad(const struct spool_reader *reader)
{
	if (mkdirat(reader->fd, "bad", 0700) && errno != EEXIST)
		return -1;
	return openat(reader->fd, "bad", O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
}
