/* The directory of a spool: opening, locking, measuring, sealing. */
#include "common/spool/spool_dir.h"

#include "common/base/array.h"
#include "common/log/log.h"
#include "common/spool/folder.h"
#include "common/spool/segment.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <sysexits.h>
#include <unistd.h>

/* The kernel stamps directories with the time of its last tick, at most 10 ms ago. */
#define TICK_US (CLOCK_SECOND_US / 100)

static int cannot(const char *message, const char *file)
{
	return fail(EX_IOERR, message, {"file", file}, LOG_ERRNO(errno));
}

/* From linux/magic.h and the file systems' own headers. */
bool spool_dir_is_remote(unsigned long type)
{
	static const unsigned long remote[] = {
		0x6969,     /* NFS */
		0x517b,     /* SMB */
		0xff534d42, /* CIFS */
		0xfe534d42, /* SMB 2 */
		0x65735546, /* FUSE: sshfs, virtiofs and the like */
		0x01021997, /* 9P */
		0x00c36400, /* Ceph */
		0x5346414f, /* AFS */
		0x6b414653, /* kAFS */
		0x73757245, /* Coda */
		0x0bd00bd0, /* Lustre */
		0x47504653, /* GPFS */
		0x01161970, /* GFS2 */
		0x7461636f, /* OCFS2 */
	};

	for (size_t i = 0; i < ARRAY_SIZE(remote); i++) {
		if ((type & 0xffffffff) == remote[i])
			return true;
	}
	return false;
}

static int refuse_remote(const struct spool_dir *dir)
{
	struct statfs info;

	if (fstatfs(dir->fd, &info))
		return cannot("cannot examine the spool", dir->path);
	if (spool_dir_is_remote((unsigned long)info.f_type))
		return fail(EX_CONFIG,
			"the spool is on a network file system, which may lose what was sealed; "
			"choose a local folder or use --spool-force",
			{"file", dir->path});
	return 0;
}

/* A folder that was just made outlives a power cut only once its parent is on the disk. */
static int make_durable(int fd)
{
	int parent = openat(fd, "..", O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	if (parent < 0)
		return -1;
	int result = fsync(parent);
	close(parent);
	return result;
}

/* Open the folder `name` under `parent`, creating it if it is missing. */
static int open_folder(int parent, const char *name, const char *path, int *fd)
{
	bool made = mkdirat(parent, name, 0700) == 0;

	if (!made && errno != EEXIST)
		return cannot("cannot make the spool", path);
	*fd = openat(parent, name, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (*fd < 0)
		return cannot("cannot open the spool", path);
	if (made && make_durable(*fd))
		return cannot("cannot make the spool durable", path);
	return 0;
}

/* One process of a name. The whole spool is locked as well, shared: versions before 0.1.0 had one
 * writer and locked that. */
static int lock(const struct spool_dir *dir)
{
	if (flock(dir->fd, LOCK_SH | LOCK_NB) == 0 && flock(dir->tmp_fd, LOCK_EX | LOCK_NB) == 0)
		return 0;
	if (errno == EWOULDBLOCK)
		return fail(EX_CANTCREAT, "another process writes to this spool",
			{"file", dir->path}, {"hint", "fuser -v SPOOL/tmp/* shows which"});
	return cannot("cannot lock the spool", dir->path);
}

/* Versions before 0.1.0 had their open segment in DIR/tmp. */
static int adopt_segments(struct spool_dir *dir, int parent_fd)
{
	DIR *folder = spool_dir_list(dir, parent_fd);
	const struct dirent *entry;
	clock_us time;
	int status = 0;

	if (!folder)
		return EX_IOERR;
	while (!status && (entry = spool_folder_next(folder)) != NULL) {
		if (segment_name_parse(entry->d_name, &time) &&
			renameat(parent_fd, entry->d_name, dir->tmp_fd, entry->d_name))
			status = cannot("cannot move a segment", entry->d_name);
	}
	return spool_folder_close(folder, dir->path, status);
}

static int open_tmp(struct spool_dir *dir, const char *writer)
{
	int parent_fd = -1;
	int status = open_folder(dir->fd, "tmp", dir->path, &parent_fd);

	if (!status)
		status = open_folder(parent_fd, writer, dir->path, &dir->tmp_fd);
	if (!status)
		status = lock(dir);
	if (!status && strcmp(writer, "poll") == 0)
		status = adopt_segments(dir, parent_fd);
	if (parent_fd >= 0)
		close(parent_fd);
	return status;
}

static void keep_spares(struct spool_dir *dir)
{
	for (size_t i = 0; i < ARRAY_SIZE(dir->spare_fds); i++) {
		if (dir->spare_fds[i] < 0)
			dir->spare_fds[i] = fcntl(dir->fd, F_DUPFD_CLOEXEC, 0);
	}
}

/* What is opened next has a descriptor. */
static void give_spare(struct spool_dir *dir)
{
	for (size_t i = 0; i < ARRAY_SIZE(dir->spare_fds); i++) {
		if (dir->spare_fds[i] >= 0) {
			close(dir->spare_fds[i]);
			dir->spare_fds[i] = -1;
			return;
		}
	}
}

int spool_dir_open(struct spool_dir *dir, const char *path, const char *writer, bool force)
{
	*dir = (struct spool_dir){
		.path = path, .fd = -1, .tmp_fd = -1, .new_fd = -1, .spare_fds = {-1, -1}};
	int status = open_folder(AT_FDCWD, path, path, &dir->fd);

	if (!status && !force)
		status = refuse_remote(dir);
	if (!status)
		status = open_tmp(dir, writer);
	if (!status)
		status = open_folder(dir->fd, "new", path, &dir->new_fd);
	if (status)
		spool_dir_close(dir);
	else
		keep_spares(dir);
	return status;
}

void spool_dir_close(struct spool_dir *dir)
{
	int *const fds[] = {
		&dir->spare_fds[0], &dir->spare_fds[1], &dir->new_fd, &dir->tmp_fd, &dir->fd};

	for (size_t i = 0; i < ARRAY_SIZE(fds); i++) {
		if (*fds[i] >= 0)
			close(*fds[i]);
		*fds[i] = -1;
	}
}

int spool_dir_create(struct spool_dir *dir, const char *name)
{
	give_spare(dir);
	return openat(dir->tmp_fd, name, O_WRONLY | O_CREAT | O_EXCL | O_APPEND | O_CLOEXEC, 0640);
}

void spool_dir_close_segment(struct spool_dir *dir, int fd)
{
	close(fd);
	keep_spares(dir);
}

static void measure_file(int folder_fd, const char *name, struct spool_usage *usage)
{
	struct stat info;
	clock_us time;

	/* wd-drain unlinks at any time: a missing file does not count. */
	if (fstatat(folder_fd, name, &info, AT_SYMLINK_NOFOLLOW) || !S_ISREG(info.st_mode))
		return;
	usage->bytes += info.st_size;
	if (!segment_name_parse(name, &time))
		return;
	usage->segments++;
	if (time > usage->newest)
		usage->newest = time;
}

DIR *spool_dir_list(struct spool_dir *dir, int folder_fd)
{
	give_spare(dir);
	return spool_folder_list(folder_fd, dir->path);
}

int spool_dir_measure(struct spool_dir *dir, int folder_fd, struct spool_usage *usage)
{
	DIR *folder = spool_dir_list(dir, folder_fd);
	const struct dirent *entry;

	*usage = (struct spool_usage){0};
	if (!folder)
		return EX_IOERR;
	while ((entry = spool_folder_next(folder)) != NULL)
		measure_file(folder_fd, entry->d_name, usage);
	int status = spool_folder_close(folder, dir->path, 0);
	keep_spares(dir);
	return status;
}

int spool_dir_last_name(struct spool_dir *dir, clock_us *last)
{
	struct spool_usage tmp, sealed;
	struct stat info;

	if (fstat(dir->new_fd, &info))
		return cannot("cannot examine the spool", dir->path);
	int status = spool_dir_measure(dir, dir->tmp_fd, &tmp);
	if (!status)
		status = spool_dir_measure(dir, dir->new_fd, &sealed);
	if (status)
		return status;
	*last = (clock_us)info.st_mtim.tv_sec * CLOCK_SECOND_US + info.st_mtim.tv_nsec / 1000 +
		TICK_US;
	if (tmp.newest > *last)
		*last = tmp.newest;
	if (sealed.newest > *last)
		*last = sealed.newest;
	return 0;
}

int spool_dir_seal(const struct spool_dir *dir, int fd, const char *name)
{
	if (fsync(fd))
		return cannot("cannot make a segment durable", dir->path);
	if (renameat(dir->tmp_fd, name, dir->new_fd, name)) {
		if (errno == ENOSPC || errno == EDQUOT)
			return EX_TEMPFAIL;
		return cannot("cannot seal a segment", dir->path);
	}
	if (fsync(dir->new_fd))
		return cannot("cannot make a segment durable", dir->path);
	return 0;
}
