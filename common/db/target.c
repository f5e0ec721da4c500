#include "common/db/target.h"

#include "common/base/span.h"
#include "common/base/xalloc.h"
#include "common/log/log.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>
#include <unistd.h>

static bool is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

static struct span trim(struct span text)
{
	while (text.length > 0 && is_blank(text.data[0]))
		text = (struct span){text.data + 1, text.length - 1};
	while (text.length > 0 && is_blank(text.data[text.length - 1]))
		text.length--;
	return text;
}

static struct span unquote(struct span text)
{
	char quote = text.length >= 2 ? text.data[0] : '\0';

	if ((quote == '"' || quote == '\'') && text.data[text.length - 1] == quote)
		return (struct span){text.data + 1, text.length - 2};
	return text;
}

/* Return what follows "SCHEME:" or "SCHEME+driver:", or NULL. */
static const char *skip_scheme(const char *text, const char *scheme)
{
	size_t length = strlen(scheme);

	if (strncmp(text, scheme, length) != 0)
		return NULL;
	text += length;
	if (*text == '+')
		text += strcspn(text, ":/");
	return *text == ':' ? text + 1 : NULL;
}

static char *postgresql_url(const char *text)
{
	static const char scheme[] = "postgresql:";
	const char *address = skip_scheme(text, "postgresql");

	if (!address)
		address = skip_scheme(text, "postgres");
	if (!address || strncmp(address, "//", 2) != 0)
		return NULL;
	size_t size = sizeof(scheme) + strlen(address);
	char *url = xmalloc(size);
	snprintf(url, size, "%s%s", scheme, address);
	return url;
}

/* Refuse what SQLite keeps in memory, which would be lost at the end, and "sqlite://FILE", which
 * would be a file in the root folder. */
static int parse_file(const char *file, struct target *target)
{
	if (strncmp(file, "///", 3) == 0)
		file += 3;
	else if (strncmp(file, "//", 2) == 0)
		return fail(EX_USAGE, "not a database",
			{"expected", "sqlite:FILE, sqlite:///FILE or sqlite:////ABSOLUTE/FILE"});
	if (!*file || strcmp(file, ":memory:") == 0 || strncmp(file, "file:", 5) == 0)
		return fail(EX_USAGE, "a database in memory would be lost",
			{"expected", "sqlite:FILE"});
	*target = (struct target){DIALECT_SQLITE, xstrndup(file, strlen(file))};
	return 0;
}

/* Guess what was meant. */
static const char *hint_for(const char *text, const char *file_hint)
{
	const char *dot = strrchr(text, '.');

	if (dot && (strcmp(dot, ".yaml") == 0 || strcmp(dot, ".yml") == 0))
		return "kits.yaml is an option of wd-poll: -c FILE";
	if (dot && (strcmp(dot, ".db") == 0 || strncmp(dot, ".sqlite", 7) == 0))
		return "a file of SQLite is written sqlite:FILE";
	if (strcmp(text, "-") == 0 || access(text, F_OK) == 0)
		return file_hint;
	return NULL;
}

static int refuse(const char *text, const char *file_hint)
{
	bool may_hold_password = strchr(text, '@') || strstr(text, "://") || strchr(text, '=');

	return fail(EX_USAGE, "not a database", {"argument", may_hold_password ? NULL : text},
		{"expected", "postgresql://USER@HOST/DATABASE or sqlite:FILE"},
		{"hint", hint_for(text, file_hint)});
}

/* Report whether each parameter of the URL has a value, as libpq requires. A '?' before an '@' belongs to
 * the password. */
static bool has_valid_parameters(const char *url)
{
	const char *rest = strchr(url, '?');

	if (!rest || strchr(rest, '@'))
		return true;
	while (rest) {
		size_t length = strcspn(++rest, "&");
		if (!memchr(rest, '=', length))
			return false;
		rest = rest[length] ? rest + length : NULL;
	}
	return true;
}

int target_parse(const char *text, const char *file_hint, struct target *target)
{
	struct span trimmed = trim(unquote(trim(span_of(text))));
	char *name = xstrndup(trimmed.data, trimmed.length);
	const char *file = skip_scheme(name, "sqlite");
	int status = 0;

	*target = (struct target){DIALECT_POSTGRESQL, postgresql_url(name)};
	if (file)
		status = parse_file(file, target);
	else if (!target->location)
		status = refuse(name, file_hint);
	else if (!has_valid_parameters(name))
		status = fail(EX_USAGE, "invalid URL of a database",
			{"expected",
				"postgresql://USER@HOST/DATABASE, or with ?NAME=VALUE at the end"});
	free(name);
	if (status)
		target_release(target);
	return status;
}

void target_release(struct target *target)
{
	free(target->location);
	target->location = NULL;
}
