/* The SQLite sink's internals. */
#ifndef WD_STORE_SQLITE_H
#define WD_STORE_SQLITE_H

#include "common/base/buffer.h"
#include "tools/wd-store/sightings/sightings.h"
#include "tools/wd-store/sink/sink.h"

#include <sqlite3.h>
#include <sys/stat.h>

/* Where the file cannot be opened. */
#define SQLITE_WRITE_HINT "the user must be allowed to write the file and its folder: ls -ld"

/* How long to wait for another writer; then the batch is tried again from its start. */
#define SQLITE_BUSY_MS 5000

struct sqlite_sink {
	struct sink sink; /* first: a struct sink * is a struct sqlite_sink * */
	char *file;
	bool force; /* also on a network file system */
	sqlite3 *db;
	sqlite3_stmt *puts[TABLE_COUNT];
	sqlite3_stmt *derive; /* computes a sighting from the rows of drones */
	struct stat opened;   /* the file that is open */
	struct sightings sightings;
};

/* Open the file, and create or complete its tables, unless it is open. */
enum sink_result sqlite_connect(struct sqlite_sink *s);
void sqlite_disconnect(struct sqlite_sink *s);

/* Record what a result code means; failures that an operator must handle are logged. */
enum sink_result sqlite_check_code(struct sqlite_sink *s, int code);

/* Create missing keys, inside the caller's transaction; logs how many rows prevent this. */
enum sink_result sqlite_create_keys(struct sqlite_sink *s);

/* Run statements. */
enum sink_result sqlite_run(struct sqlite_sink *s, const char *sql);

/* Store a row of tables[t] by its statement in `puts`. */
enum sink_result sqlite_put_row(struct sqlite_sink *s, size_t t, const struct value *row);

/* Prepare a statement that is kept, unless it is prepared. `sql` is NUL-terminated. */
enum sink_result sqlite_prepare(
	struct sqlite_sink *s, const struct buffer *sql, sqlite3_stmt **statement);

/* Append the statement that adds a sighting to one that exists. */
void sqlite_put_sighting_statement(struct buffer *sql);

/* Store the sightings of the rows that were added to `s->sightings`. */
enum sink_result sqlite_store_sightings(struct sqlite_sink *s);

/* Fail if the name of the file no longer leads to the file that is open: what is committed then is
 * lost. */
enum sink_result sqlite_check_file(struct sqlite_sink *s);

/* Move the journal into the file and empty it, if no other connection prevents this. */
void sqlite_checkpoint(struct sqlite_sink *s);

/* Copy the database to the new file `to`, which appears when the copy is complete and synced: until
 * then, and after a kill, its name has six more letters. */
enum sink_result sqlite_backup(struct sqlite_sink *s, const char *to);

#endif
