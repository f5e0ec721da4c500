#include "common/db/target.h"

#include "common/log.h"

#include <libpq-fe.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>

/* What follows `prefix` in `text`, or NULL. */
static const char *skip_prefix(const char *text, const char *prefix)
{
	size_t length = strlen(prefix);

	return strncmp(text, prefix, length) == 0 ? text + length : NULL;
}

/* "//user@host/…" of a URL of PostgreSQL, or NULL. */
static const char *address_of(const char *text)
{
	const char *at = skip_prefix(text, "postgresql");

	if (!at)
		at = skip_prefix(text, "postgres");
	if (at && *at == '+')
		at += strcspn(at, ":/");
	return at && skip_prefix(at, "://") ? at + 1 : NULL;
}

bool target_is_database(const char *text)
{
	return address_of(text) || skip_prefix(text, "sqlite:");
}

const char *target_file(const char *text)
{
	const char *file = skip_prefix(text, "sqlite:");

	return file && *file ? file : NULL;
}

/* The URL as libpq reads it, without +driver; NULL without memory. */
static char *url_of(const char *text)
{
	static const char scheme[] = "postgresql:";
	const char *address = address_of(text);
	size_t length = strlen(address) + sizeof(scheme);
	char *url = malloc(length);

	if (url) {
		memcpy(url, scheme, sizeof(scheme) - 1);
		memcpy(url + sizeof(scheme) - 1, address, strlen(address) + 1);
	}
	return url;
}

int target_parse(const char *text, struct target *target)
{
	const char *file = target_file(text);

	if (!file && !address_of(text))
		return fail(EX_USAGE, "unsupported database target",
			{"expected", "postgresql://…, sqlite:FILE"});
	target->dialect = file ? DIALECT_SQLITE : DIALECT_POSTGRESQL;
	target->location = file ? strdup(file) : url_of(text);
	return target->location ? 0 : fail(EX_OSERR, "out of memory");
}

void target_release(struct target *target)
{
	free(target->location);
	target->location = NULL;
}

const char *target_libraries(void)
{
	static char text[64];

	snprintf(text, sizeof(text), "sqlite/%s libpq/%d.%d", sqlite3_libversion(),
		PQlibVersion() / 10000, PQlibVersion() % 10000);
	return text;
}
