#include "common/db/read_only.h"

#include "common/base/buffer.h"

#include <sys/stat.h>
#include <sys/statvfs.h>

static bool is_empty_or_missing(const char *file)
{
	struct stat info;

	return stat(file, &info) != 0 || info.st_size == 0;
}

/* On a write-protected medium SQLite cannot create the -shm file that it needs to read a database
 * in WAL mode. Nothing can change there, so that none is needed; but without it a WAL would be
 * ignored. */
static bool is_immutable(const char *file)
{
	struct statvfs medium;
	struct buffer wal = {0};

	if (statvfs(file, &medium) != 0 || !(medium.f_flag & ST_RDONLY))
		return false;
	buffer_printf(&wal, "%s-wal", file);
	buffer_add_char(&wal, '\0');
	bool complete = !wal.failed && is_empty_or_missing(wal.data);
	buffer_release(&wal);
	return complete;
}

/* "file:PATH?immutable=1" (https://www.sqlite.org/uri.html). */
static void put_uri(struct buffer *uri, const char *file)
{
	buffer_add_text(uri, "file:");
	for (; *file; file++) {
		if (strchr("%?#", *file))
			buffer_printf(uri, "%%%02X", (unsigned char)*file);
		else
			buffer_add_char(uri, *file);
	}
	buffer_add(uri, "?immutable=1", sizeof("?immutable=1"));
}

int read_only_open(const char *file, sqlite3 **db)
{
	struct buffer uri = {0};
	int flags = SQLITE_OPEN_READONLY;

	if (is_immutable(file)) {
		put_uri(&uri, file);
		flags |= SQLITE_OPEN_URI;
	}
	int code = uri.failed ? SQLITE_NOMEM
			      : sqlite3_open_v2(uri.data ? uri.data : file, db, flags, NULL);
	buffer_release(&uri);
	return code;
}
