#include "tools/wd-drain/state.h"

#include "common/base/buffer.h"
#include "common/log/log.h"
#include "common/spool/folder.h"
#include "tools/wd-drain/write_all.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sysexits.h>
#include <unistd.h>

#define COVERS "covers"

static int cannot(const struct state *state, const char *message)
{
	return fail(EX_IOERR, message, {"state", state->path}, LOG_ERRNO(errno));
}

/* Whether `name` is the name of a checkpoint's folder: "0123456789abcdef.7". */
static bool is_mark(const char *name)
{
	size_t digits = strspn(name, "0123456789abcdef");

	if (digits != NONCE_SIZE - 1 || name[digits] != '.' || strlen(name) >= MARK_SIZE)
		return false;
	const char *counter = name + digits + 1;
	return *counter && counter[strspn(counter, "0123456789")] == '\0';
}

static void read_current(struct state *state)
{
	ssize_t length = readlinkat(state->fd, "current", state->current, MARK_SIZE - 1);

	state->current[length > 0 ? length : 0] = '\0';
	if (!is_mark(state->current))
		state->current[0] = '\0';
}

int state_open(struct state *state, const char *path)
{
	*state = (struct state){.path = path, .fd = -1};
	if (mkdir(path, 0700) && errno != EEXIST)
		return cannot(state, "cannot make the state folder");
	state->fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (state->fd < 0)
		return cannot(state, "cannot open the state folder");
	if (flock(state->fd, LOCK_EX | LOCK_NB)) {
		if (errno == EWOULDBLOCK)
			return fail(EX_CANTCREAT, "another wd-drain uses this state folder",
				{"state", path}, {"hint", "fuser -v shows which"});
		return cannot(state, "cannot lock the state folder");
	}
	read_current(state);
	return 0;
}

void state_close(struct state *state)
{
	if (state->fd >= 0)
		close(state->fd);
	state->fd = -1;
}

bool state_is_current(const struct state *state)
{
	struct stat opened, named;

	return fstat(state->fd, &opened) == 0 && stat(state->path, &named) == 0 &&
	       opened.st_dev == named.st_dev && opened.st_ino == named.st_ino;
}

/* A line: "NAME INODE SIZE MTIME". */
static bool parse_cover(
	const char *line, char name[SEGMENT_NAME_SIZE], struct segment_identity *identity)
{
	clock_us time;

	return sscanf(line, "%25s %" SCNu64 " %" SCNd64 " %" SCNd64, name, &identity->inode,
		       &identity->size, &identity->mtime_ns) == 4 &&
	       segment_name_parse(name, &time);
}

static int add_covers(FILE *file, const struct spool_reader *reader, struct segment_names *names)
{
	char line[128], name[SEGMENT_NAME_SIZE];
	struct segment_identity then, now;
	int status = 0;

	while (!status && fgets(line, sizeof(line), file)) {
		if (parse_cover(line, name, &then) && spool_reader_identify(reader, name, &now) &&
			segment_identity_equals(&then, &now))
			status = segment_names_add(names, name);
	}
	return status;
}

int state_read_covers(
	const struct state *state, const struct spool_reader *reader, struct segment_names *names)
{
	char path[MARK_SIZE + sizeof("/" COVERS)];

	if (!*state->current)
		return 0;
	snprintf(path, sizeof(path), "%s/" COVERS, state->current);
	int fd = openat(state->fd, path, O_RDONLY | O_CLOEXEC);
	FILE *file = fd < 0 ? NULL : fdopen(fd, "r");
	if (!file && errno == ENOENT)
		return 0;
	if (!file)
		return cannot(state, "cannot read which segments are stored");
	int status = add_covers(file, reader, names);
	fclose(file);
	return status;
}

/* Filters write plain files there, and nothing else does. */
static void remove_checkpoint(const struct state *state, const char *mark)
{
	int fd = openat(state->fd, mark, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	DIR *folder = fd < 0 ? NULL : fdopendir(fd);
	const struct dirent *entry;

	while (folder && (entry = readdir(folder)) != NULL)
		unlinkat(fd, entry->d_name, 0);
	if (folder)
		closedir(folder);
	if (fd >= 0 && unlinkat(state->fd, mark, AT_REMOVEDIR) && errno != ENOENT)
		(void)cannot(state, "cannot remove an old checkpoint");
}

/* Whether the pipeline that wrote the current checkpoint may still acknowledge `mark`. */
static bool is_pending(const struct state *state, const char *mark)
{
	return strncmp(mark, state->current, NONCE_SIZE) == 0 &&
	       strtoull(mark + NONCE_SIZE, NULL, 10) >
		       strtoull(state->current + NONCE_SIZE, NULL, 10);
}

/* Remove all checkpoints but the current one, the one before, for readers that have just followed
 * the link, and those that are still to be acknowledged. */
static void sweep(const struct state *state)
{
	int fd = openat(state->fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *folder = fd < 0 ? NULL : fdopendir(fd);
	const struct dirent *entry;

	while (folder && (entry = readdir(folder)) != NULL) {
		const char *name = entry->d_name;
		if (is_mark(name) && strcmp(name, state->current) != 0 &&
			strcmp(name, state->previous) != 0 && !is_pending(state, name))
			remove_checkpoint(state, name);
	}
	if (folder)
		closedir(folder);
}

static int write_covers(
	int folder_fd, const struct spool_reader *reader, const struct segment_names *covers)
{
	struct buffer text = {0};
	int fd = openat(folder_fd, COVERS, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);

	if (fd < 0)
		return -1;
	for (size_t i = 0; i < covers->count; i++) {
		struct segment_identity now;
		if (spool_reader_identify(reader, covers->names[i], &now))
			buffer_printf(&text, "%s %" PRIu64 " %" PRId64 " %" PRId64 "\n",
				covers->names[i], now.inode, now.size, now.mtime_ns);
	}
	int error = text.failed ? ENOMEM : write_all(fd, buffer_span(&text));
	buffer_release(&text);
	close(fd);
	errno = error;
	return error ? -1 : 0;
}

static int sync_file(int folder_fd, const char *name)
{
	int fd = openat(folder_fd, name, O_RDONLY | O_NOFOLLOW | O_CLOEXEC);

	if (fd < 0)
		return -1;
	int result = fsync(fd);
	close(fd);
	return result;
}

/* Sync each file in the folder, then the folder. Close `fd`. */
static int sync_folder(int fd)
{
	DIR *folder = fdopendir(fd);
	const struct dirent *entry;
	int result = 0;

	if (!folder) {
		close(fd);
		return -1;
	}
	while (!result && (entry = spool_folder_next(folder)) != NULL) {
		if (entry->d_name[0] != '.')
			result = sync_file(fd, entry->d_name);
	}
	if (!result)
		result = errno ? -1 : fsync(fd);
	closedir(folder);
	return result;
}

/* A filter that is not in this pipeline keeps what it knew: its file goes into the new folder,
 * too. */
static int carry_over(const struct state *state, int to_fd)
{
	const char *current = *state->current ? state->current : "current";
	int fd = openat(state->fd, current, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *folder = fd < 0 ? NULL : fdopendir(fd);
	const struct dirent *entry;
	int result = 0;

	if (!folder)
		return errno == ENOENT ? 0 : -1;
	while (!result && (entry = spool_folder_next(folder)) != NULL) {
		if (entry->d_name[0] != '.' && strcmp(entry->d_name, COVERS) != 0 &&
			linkat(fd, entry->d_name, to_fd, entry->d_name, 0) && errno != EEXIST)
			result = -1;
	}
	if (!result && errno)
		result = -1;
	closedir(folder);
	return result;
}

static int make_durable(const struct state *state, const char *mark,
	const struct spool_reader *reader, const struct segment_names *covers)
{
	if (mkdirat(state->fd, mark, 0700) && errno != EEXIST)
		return -1;
	int fd = openat(state->fd, mark, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (fd < 0)
		return -1;
	if (carry_over(state, fd) || write_covers(fd, reader, covers)) {
		close(fd);
		return -1;
	}
	return sync_folder(fd);
}

static int link_current(const struct state *state, const char *mark)
{
	if (unlinkat(state->fd, "current.new", 0) && errno != ENOENT)
		return -1;
	return symlinkat(mark, state->fd, "current.new") ||
			       renameat(state->fd, "current.new", state->fd, "current")
		       ? -1
		       : 0;
}

/* Where the link cannot be made durable, restore the former one: the stages of the next pipeline
 * follow it, and what is fed to them again would count twice. */
static int make_current(const struct state *state, const char *mark)
{
	if (link_current(state, mark))
		return -1;
	if (fsync(state->fd) == 0)
		return 0;
	int error = errno;
	if (*state->current)
		link_current(state, state->current);
	else
		unlinkat(state->fd, "current", 0);
	errno = error;
	return -1;
}

int state_commit(struct state *state, const char *mark, const struct spool_reader *reader,
	const struct segment_names *covers)
{
	if (make_durable(state, mark, reader, covers) || make_current(state, mark))
		return cannot(state, "cannot save a checkpoint");
	memcpy(state->previous, state->current, MARK_SIZE);
	snprintf(state->current, MARK_SIZE, "%s", mark);
	sweep(state);
	return 0;
}
