/* Copying a database of SQLite that other programs may write to meanwhile. */
#include "common/db/read_only.h"
#include "tools/wd-store/sqlite/sqlite.h"

#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sysexits.h>
#include <unistd.h>

static enum sink_result cannot_write(struct sqlite_sink *s, int status, const char *to, int error)
{
	return sink_fail(
		&s->sink, status, "cannot write the backup", {"file", to}, LOG_ERRNO(error));
}

/* SQLite's code of a failed write says less than the system's error. */
static enum sink_result check_copy(struct sqlite_sink *s, sqlite3 *target, const char *to, int code)
{
	int error = sqlite3_system_errno(target);

	switch (code & 0xff) {
	case SQLITE_OK:
		return SINK_OK;
	case SQLITE_BUSY:
	case SQLITE_LOCKED:
	case SQLITE_CORRUPT:
	case SQLITE_NOTADB:
	case SQLITE_NOMEM:
		return sqlite_check_code(s, code);
	case SQLITE_CANTOPEN:
		return cannot_write(s, EX_CANTCREAT, to, error ? error : ENOENT);
	case SQLITE_FULL:
		return cannot_write(s, EX_IOERR, to, ENOSPC);
	default:
		return sink_fail(&s->sink, EX_IOERR, "cannot write the backup", {"file", to},
			{"reason", error ? strerror(error) : sqlite3_errstr(code)});
	}
}

/* All pages in one step: after a step that ends earlier, each write of another program would begin
 * the copy again. SQLite syncs what it writes. */
static enum sink_result copy_pages(struct sqlite_sink *s, sqlite3 *target, const char *to)
{
	sqlite3_backup *backup = sqlite3_backup_init(target, "main", s->db, "main");

	if (!backup)
		return check_copy(s, target, to, sqlite3_errcode(target));
	int code = sqlite3_backup_step(backup, -1);
	int finished = sqlite3_backup_finish(backup);
	return check_copy(s, target, to, code == SQLITE_DONE ? finished : code);
}

/* Give the copy its name, and sync the folder that contains it. */
static enum sink_result publish(struct sqlite_sink *s, const char *temporary, const char *to)
{
	char folder[PATH_MAX];
	int fd = -1;

	snprintf(folder, sizeof(folder), "%s", to);
	if (rename(temporary, to) == 0)
		fd = open(dirname(folder), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	int error = fd < 0 || fsync(fd) ? errno : 0;
	if (fd >= 0)
		close(fd);
	return error ? cannot_write(s, EX_CANTCREAT, to, error) : SINK_OK;
}

/* Create a file that does not exist yet, with the mode of any new file; `name` ends with XXXXXX. Return 0, or
 * -1 and errno. */
static int create_copy(char *name)
{
	mode_t mask = umask(0);
	int fd = mkstemp(name);

	umask(mask);
	if (fd < 0)
		return -1;
	/* A file system without modes may refuse this. */
	fchmod(fd, 0666 & ~mask);
	close(fd);
	return 0;
}

/* Remove a copy that did not become complete, with its journal. */
static void remove_copy(const char *temporary)
{
	char journal[PATH_MAX + sizeof("-journal")];

	snprintf(journal, sizeof(journal), "%s-journal", temporary);
	unlink(temporary);
	unlink(journal);
}

static enum sink_result write_copy(struct sqlite_sink *s, char *temporary, const char *to)
{
	sqlite3 *target = NULL;

	if (create_copy(temporary))
		return cannot_write(s, EX_CANTCREAT, to, errno);
	int code = sqlite3_open(temporary, &target);
	enum sink_result result =
		code == SQLITE_OK ? copy_pages(s, target, to) : check_copy(s, target, to, code);
	sqlite3_close(target);
	if (result == SINK_OK)
		result = publish(s, temporary, to);
	if (result != SINK_OK)
		remove_copy(temporary);
	return result;
}

enum sink_result sqlite_backup(struct sqlite_sink *s, const char *to)
{
	char temporary[PATH_MAX];

	if (access(to, F_OK) == 0)
		return sink_fail(
			&s->sink, EX_CANTCREAT, "the file of the backup exists", {"file", to});
	if (access(s->file, R_OK) != 0)
		return sink_fail(
			&s->sink, EX_NOINPUT, "cannot open", {"file", s->file}, LOG_ERRNO(errno));
	if (snprintf(temporary, sizeof(temporary), "%s.XXXXXX", to) >= (int)sizeof(temporary))
		return cannot_write(s, EX_CANTCREAT, to, ENAMETOOLONG);
	enum sink_result result = sqlite_check_code(s, read_only_open(s->file, &s->db));
	if (result != SINK_OK)
		return result;
	sqlite3_busy_timeout(s->db, SQLITE_BUSY_MS);
	return write_copy(s, temporary, to);
}
