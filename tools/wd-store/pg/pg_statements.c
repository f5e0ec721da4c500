/* Splits a script into its statements. */
#include "common/base/xalloc.h"
#include "tools/wd-store/pg/pg.h"

#include <stdlib.h>
#include <string.h>

/* Return what follows a text that ends with `end`. */
static const char *skip_until(const char *text, const char *end)
{
	const char *found = strstr(text, end);

	return found ? found + strlen(end) : text + strlen(text);
}

/* Return what follows $tag$…$tag$, or the dollar sign if it is not one of these. */
static const char *skip_dollars(const char *at)
{
	size_t length = 1 + strspn(at + 1, "abcdefghijklmnopqrstuvwxyz_");
	char tag[32];

	if (at[length] != '$' || length + 2 > sizeof(tag))
		return at + 1;
	memcpy(tag, at, length + 1);
	tag[length + 1] = '\0';
	return skip_until(at + length + 1, tag);
}

/* Return what follows the statement at `at`. */
static const char *skip_statement(const char *at)
{
	while (*at && *at != ';') {
		if (*at == '\'')
			at = skip_until(at + 1, "'");
		else if (strncmp(at, "--", 2) == 0)
			at = skip_until(at, "\n");
		else if (*at == '$')
			at = skip_dollars(at);
		else
			at++;
	}
	return *at ? at + 1 : at;
}

enum sink_result pg_run_each(struct pg_sink *pg, const char *sql)
{
	enum sink_result result = SINK_OK;

	while (result == SINK_OK && *sql) {
		const char *end = skip_statement(sql);
		char *statement = xstrndup(sql, (size_t)(end - sql));
		result = pg_run(pg, statement);
		free(statement);
		sql = end;
	}
	return result;
}
