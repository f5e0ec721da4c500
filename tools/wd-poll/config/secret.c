/* Passwords and tokens live in files of their own. */
#include "tools/wd-poll/config/secret.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

enum {
	SECRET_MAX = 8192
};

const char *secret_read(const char *file, char **text)
{
	char line[SECRET_MAX + 2];
	FILE *stream = fopen(file, "re");

	if (!stream)
		return strerror(errno);
	size_t length = fread(line, 1, sizeof(line) - 1, stream);
	const char *wrong = ferror(stream) ? strerror(errno) : NULL;
	fclose(stream);
	line[length] = '\0';
	size_t used = strcspn(line, "\r\n");
	if (wrong)
		return wrong;
	if (used > SECRET_MAX)
		return "longer than 8 KiB";
	line[used] = '\0';
	for (size_t i = 0; i < used; i++) {
		if ((unsigned char)line[i] < 0x20 || line[i] == 0x7f)
			return "has control characters";
	}
	*text = used ? strdup(line) : NULL;
	memset(line, 0, sizeof(line));
	return used == 0 ? "is empty" : *text ? NULL : "out of memory";
}
