/* The names of databases. */
#ifndef WD_DB_TARGET_H
#define WD_DB_TARGET_H

#include "common/db/dialect.h"

#include <stdbool.h>

/* Whether `text` names a database (postgresql://…, postgres://…, also with SQLAlchemy's +driver;
 * sqlite:FILE) rather than a file of lines. */
bool target_is_database(const char *text);

struct target {
	enum dialect dialect;
	char *location; /* the file, or the URL as libpq reads it */
};

/* Parse the name of a database. Returns 0, or EX_USAGE or EX_OSERR after logging the error; the
 * name may contain a password and is not logged. */
int target_parse(const char *text, struct target *target);
void target_release(struct target *target);

/* The file of `sqlite:FILE`; NULL for anything else. */
const char *target_file(const char *text);

/* The libraries in use, for --version: "sqlite/3.40.1 libpq/15.8". */
const char *target_libraries(void);

#endif
