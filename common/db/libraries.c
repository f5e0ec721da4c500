/* Apart from target.c, so that a program that only checks a target links no database library. */
#include "common/db/target.h"

#include <libpq-fe.h>
#include <sqlite3.h>
#include <stdio.h>

const char *target_libraries(void)
{
	static char text[64];

	snprintf(text, sizeof(text), "sqlite/%s libpq/%d.%d", sqlite3_libversion(),
		PQlibVersion() / 10000, PQlibVersion() % 10000);
	return text;
}
