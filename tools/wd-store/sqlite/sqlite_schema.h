/* The tables of a SQLite file. */
#ifndef WD_STORE_SQLITE_SCHEMA_H
#define WD_STORE_SQLITE_SCHEMA_H

#include <sqlite3.h>

/* Create the tables, or add what an older file lacks, inside the caller's transaction. Return a
 * SQLite result code. */
int sqlite_create_tables(sqlite3 *db);

#endif
