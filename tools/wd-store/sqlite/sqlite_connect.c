/* Opening a file of SQLite, and looking after it. */
#include "common/spool/spool_dir.h"
#include "tools/wd-store/sightings/fill.h"
#include "tools/wd-store/sqlite/sqlite.h"
#include "tools/wd-store/sqlite/sqlite_schema.h"

#include <errno.h>
#include <string.h>
#include <sys/statfs.h>
#include <sysexits.h>
#include <unistd.h>

/* With SQLite's default cache of 2 MB, an import of a day spends half of its time reading index
 * pages again; with its default journal of 4 MB, writing them again (measured with 1,000,000 rows).
 * The journal is checkpointed at 40 MB, so that it stays below 64 MB. */
static const char settings[] =
	"PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA cache_size=-16384;"
	"PRAGMA wal_autocheckpoint=10240; PRAGMA journal_size_limit=67108864";

/* Prefer the system's error, because SQLite's does not distinguish a missing folder from a missing
 * permission. */
static const char *reason_of(const struct sqlite_sink *s, int code)
{
	int number = s->db ? sqlite3_system_errno(s->db) : 0;

	/* The last error may be that of a file beside it. */
	if (access(s->file, W_OK) != 0 && errno != ENOENT)
		number = errno;
	return number ? strerror(number) : sqlite3_errstr(code);
}

/* The tables' columns that are ours are listed in common/record/columns.h; SQLite names the column as
 * "NOT NULL constraint failed: TABLE.COLUMN". */
static const char *foreign_column(const char *message)
{
	static const char prefix[] = "NOT NULL constraint failed: ";
	const char *name = message + sizeof(prefix) - 1;

	if (strncmp(message, prefix, sizeof(prefix) - 1) != 0)
		return NULL;
	bool is_ours_table = false;
	for (size_t t = 0; t < TABLE_COUNT; t++) {
		size_t length = strlen(tables[t].name);
		if (strncmp(name, tables[t].name, length) != 0 || name[length] != '.')
			continue;
		is_ours_table = true;
		for (size_t c = 0; c < tables[t].count; c++) {
			if (strcmp(name + length + 1, tables[t].columns[c].name) == 0)
				return NULL;
		}
	}
	return is_ours_table ? name : NULL;
}

static enum sink_result check_constraint(struct sqlite_sink *s, int code)
{
	const char *column = foreign_column(sqlite3_errmsg(s->db));

	if (column)
		return sink_fail(&s->sink, EX_CONFIG, "schema mismatch", {"file", s->file},
			{"column", column},
			{"hint", "give the column a default, or drop NOT NULL"});
	return sink_error(&s->sink, SINK_REFUSED, "", sqlite3_errstr(code));
}

enum sink_result sqlite_check_code(struct sqlite_sink *s, int code)
{
	enum sink_result result;

	switch (code & 0xff) {
	case SQLITE_OK:
	case SQLITE_ROW:
	case SQLITE_DONE:
		return SINK_OK;
	case SQLITE_BUSY:
	case SQLITE_LOCKED:
		return sink_error(&s->sink, SINK_RETRY, "", "locked");
	case SQLITE_CONSTRAINT:
	case SQLITE_MISMATCH:
	case SQLITE_TOOBIG:
		return check_constraint(s, code);
	case SQLITE_NOMEM:
		return sink_fail(&s->sink, EX_OSERR, "out of memory");
	case SQLITE_CORRUPT:
	case SQLITE_NOTADB:
		return sink_fail(&s->sink, EX_CONFIG,
			"the database is damaged, or is not one; it is left unchanged",
			{"file", s->file}, {"reason", sqlite3_errstr(code)},
			{"hint", "restore a backup, or move the file away"});
	case SQLITE_READONLY:
	case SQLITE_PERM:
	case SQLITE_CANTOPEN:
		return sink_fail(&s->sink, EX_CONFIG, "cannot write the database",
			{"file", s->file}, {"reason", reason_of(s, code)},
			{"hint", SQLITE_WRITE_HINT});
	case SQLITE_FULL:
		return sink_fail(&s->sink, EX_IOERR, "cannot write the database", {"file", s->file},
			{"reason", sqlite3_errstr(code)},
			{"hint", "free space, then delete old rows with wd-store --prune"});
	case SQLITE_ERROR:
		result = sink_error(&s->sink, SINK_SUSPECT, "", sqlite3_errmsg(s->db));
		s->sink.error.status = EX_CONFIG;
		return result;
	default:
		return sink_fail(&s->sink, EX_IOERR, "cannot write the database", {"file", s->file},
			{"reason", reason_of(s, code)});
	}
}

enum sink_result sqlite_run(struct sqlite_sink *s, const char *sql)
{
	return sqlite_check_code(s, sqlite3_exec(s->db, sql, NULL, NULL, NULL));
}

enum sink_result sqlite_prepare(
	struct sqlite_sink *s, const struct buffer *sql, sqlite3_stmt **statement)
{
	if (*statement)
		return SINK_OK;
	if (sql->failed)
		return sink_fail(&s->sink, EX_OSERR, "out of memory");
	return sqlite_check_code(s, sqlite3_prepare_v3(s->db, sql->data, -1,
					    SQLITE_PREPARE_PERSISTENT, statement, NULL));
}

void sqlite_disconnect(struct sqlite_sink *s)
{
	sqlite3_finalize(s->derive);
	s->derive = NULL;
	for (size_t t = 0; t < TABLE_COUNT; t++) {
		sqlite3_finalize(s->puts[t]);
		s->puts[t] = NULL;
	}
	sqlite3_close(s->db);
	s->db = NULL;
}

/* The locks of network file systems do not keep writers apart. */
static enum sink_result check_file_system(struct sqlite_sink *s)
{
	struct statfs info;

	if (s->force || statfs(s->file, &info) != 0 ||
		!spool_dir_is_remote((unsigned long)info.f_type))
		return SINK_OK;
	return sink_fail(&s->sink, EX_CONFIG,
		"the database is on a network file system, whose locks are not reliable",
		{"file", s->file}, {"hint", "use a local folder, PostgreSQL, or --force"});
}

enum sink_result sqlite_check_file(struct sqlite_sink *s)
{
	struct stat now;

	if (stat(s->file, &now) == 0 && now.st_dev == s->opened.st_dev &&
		now.st_ino == s->opened.st_ino)
		return SINK_OK;
	return sink_fail(
		&s->sink, EX_IOERR, "the database was removed or replaced", {"file", s->file});
}

void sqlite_checkpoint(struct sqlite_sink *s)
{
	if (!s->db)
		return;
	sqlite3_busy_timeout(s->db, 0);
	sqlite3_wal_checkpoint_v2(s->db, NULL, SQLITE_CHECKPOINT_TRUNCATE, NULL, NULL);
	sqlite3_busy_timeout(s->db, SQLITE_BUSY_MS);
}

static enum sink_result create_tables(struct sqlite_sink *s)
{
	enum sink_result result = sqlite_run(s, "BEGIN IMMEDIATE");

	if (result == SINK_OK)
		result = sqlite_check_code(s, sqlite_create_tables(s->db));
	if (result == SINK_OK)
		result = sqlite_create_keys(s);
	return result == SINK_OK ? sqlite_run(s, "COMMIT") : result;
}

/* The first statement only reads, so that a file that is not a database is left unchanged. */
static enum sink_result open_file(struct sqlite_sink *s)
{
	struct stat info;
	bool is_new = stat(s->file, &info) != 0 || info.st_size == 0;
	/* One thread at a time uses the connection, so that it needs no locks: a twentieth of the time. */
	int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX;
	enum sink_result result =
		sqlite_check_code(s, sqlite3_open_v2(s->file, &s->db, flags, NULL));

	sqlite3_busy_timeout(s->db, SQLITE_BUSY_MS);
	if (result == SINK_OK)
		result = sqlite_run(s, "SELECT count(*) FROM sqlite_schema");
	if (result == SINK_OK)
		result = check_file_system(s);
	/* For --prune; only possible before there is a table. */
	if (result == SINK_OK && is_new)
		result = sqlite_run(s, "PRAGMA auto_vacuum=INCREMENTAL");
	if (result == SINK_OK)
		result = sqlite_run(s, settings);
	return result;
}

enum sink_result sqlite_connect(struct sqlite_sink *s)
{
	if (s->db)
		return SINK_OK;
	enum sink_result result = open_file(s);
	if (result == SINK_OK)
		result = create_tables(s);
	if (result == SINK_OK)
		result = fill_sightings(&s->sink);
	if (result == SINK_SUSPECT)
		result = sink_report(&s->sink);
	if (result == SINK_OK && stat(s->file, &s->opened) != 0)
		result = sqlite_check_file(s);
	if (result == SINK_OK)
		sqlite_checkpoint(s);
	else
		sqlite_disconnect(s);
	return result;
}
