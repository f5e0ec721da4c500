/* The names of databases, as people write them on command lines and in DATABASE_URL. */
#ifndef WD_DB_TARGET_H
#define WD_DB_TARGET_H

#include "common/db/dialect.h"

struct target {
	enum dialect dialect;
	char *location; /* the file, or the URL as libpq reads it */
};

/* Parse the name of a database:
 *
 *   postgresql://…  postgres://…   also with SQLAlchemy's +driver, which is removed
 *   sqlite:FILE
 *   sqlite:///FILE  sqlite:////ABSOLUTE/FILE   as in SQLAlchemy, also with +driver
 *
 * White space and a pair of quotes around the name are ignored: env files often leave them there.
 * In-memory databases are refused. `file_hint` (or NULL) is the hint for the name of a file. Return
 * 0, or EX_USAGE with an empty `target`, after logging the error; the message repeats the name only
 * if it cannot contain a password. */
int target_parse(const char *text, const char *file_hint, struct target *target);
void target_release(struct target *target);

/* The libraries in use, for --version: "sqlite/3.40.1 libpq/15.8". */
const char *target_libraries(void);

#endif
