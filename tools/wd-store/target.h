/* Which database is meant. */
#ifndef WD_TARGET_H
#define WD_TARGET_H

#include "tools/wd-store/sink.h"

/* Whether `text` names a database (postgresql://…, postgres://…, also with SQLAlchemy's +driver;
 * sqlite:FILE) rather than a file of lines. */
bool target_is(const char *text);

/* The URL as libpq reads it: without +driver. NULL without memory; the caller frees it. */
char *target_url(const char *text);

/* A sink for the database. Returns 0, or EX_USAGE for what is none, or EX_OSERR. */
int target_open(const char *text, struct sink **sink);

#endif
