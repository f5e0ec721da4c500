/* The tables of a SQLite file. */
#ifndef WD_STORE_SQLITE_SCHEMA_H
#define WD_STORE_SQLITE_SCHEMA_H

#include <sqlite3.h>

/* Creates the tables, or adds what an older file lacks, inside the caller's transaction. Returns a
 * SQLite result code. */
int sqlite_create_tables(sqlite3 *db);

#endif
