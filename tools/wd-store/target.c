/* Which database is meant. */
#include "tools/wd-store/target.h"

#include "common/log.h"

#include <stdlib.h>
#include <sysexits.h>

/* What follows `prefix` in `text`, or NULL. */
static const char *behind(const char *text, const char *prefix)
{
	size_t length = strlen(prefix);

	return strncmp(text, prefix, length) == 0 ? text + length : NULL;
}

/* "//user@host/…" of a URL of PostgreSQL, or NULL. */
static const char *address_of(const char *text)
{
	const char *at = behind(text, "postgresql");

	if (!at)
		at = behind(text, "postgres");
	if (at && *at == '+')
		at += strcspn(at, ":/");
	return at && behind(at, "://") ? at + 1 : NULL;
}

bool target_is(const char *text)
{
	return address_of(text) || behind(text, "sqlite:");
}

char *target_url(const char *text)
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

int target_open(const char *text, struct sink **sink)
{
	const char *file = behind(text, "sqlite:");

	if (file && *file)
		return sink_sqlite(file, sink);
	/* What it is instead may hold a password: it is not repeated. */
	if (!address_of(text))
		return fail(EX_USAGE, "no database that is known here",
			{"known", "postgresql://…, sqlite:FILE"});
	char *url = target_url(text);
	int status = url ? sink_postgresql(url, sink) : fail(EX_OSERR, "out of memory");
	free(url);
	return status;
}
