/* Opening a file of SQLite to read it, also on a write-protected medium. */
#ifndef WD_DB_READ_ONLY_H
#define WD_DB_READ_ONLY_H

#include <sqlite3.h>

/* Open `file`. Return a SQLite result code; `*db` is to be closed in any case. */
int read_only_open(const char *file, sqlite3 **db);

#endif
