#include "common/db/credential.h"

#include "common/base/xalloc.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Return the first line of the credential, NULL if it does not exist. */
static char *read_credential(void)
{
	const char *folder = getenv("CREDENTIALS_DIRECTORY");
	char path[PATH_MAX], *line = NULL;
	size_t size = 0;

	if (!folder || !*folder)
		return NULL;
	snprintf(path, sizeof(path), "%s/wardragon.database-url", folder);
	FILE *file = fopen(path, "re");
	if (!file)
		return NULL;
	if (getline(&line, &size, file) > 0) {
		line[strcspn(line, "\r\n")] = '\0';
	} else {
		free(line);
		line = xstrndup("", 0);
	}
	fclose(file);
	return line;
}

char *database_name(const char *name)
{
	char *credential = name ? NULL : read_credential();

	if (credential)
		return credential;
	return xstrdup(name ? name : "sqlite:wardragon.db");
}
