/* Passwords and tokens are read from files of their own. */
#include "common/kits/secret.h"

#include "common/base/array.h"

#include "common/kits/kit.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum {
	SECRET_MAX = 8192
};

/* O_NONBLOCK: opening a FIFO must not wait for a writer. Return -1 and the error. */
static int open_regular(const char *file, const char **error)
{
	int fd = open(file, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	struct stat about;

	*error = NULL;
	if (fd < 0 || fstat(fd, &about) != 0)
		*error = strerror(errno);
	else if (!S_ISREG(about.st_mode))
		*error = "not a regular file";
	if (*error && fd >= 0)
		close(fd);
	return *error ? -1 : fd;
}

/* Fill `line` as far as the file goes. Return the length, or -1 and errno. */
static ssize_t read_line(int fd, char *line, size_t size)
{
	size_t length = 0;
	ssize_t got = 1;

	while (got > 0 && length < size) {
		got = read(fd, line + length, size - length);
		if (got > 0)
			length += (size_t)got;
		else if (got < 0 && errno == EINTR)
			got = 1;
	}
	return got < 0 ? -1 : (ssize_t)length;
}

static const char *check(const char *line, size_t length)
{
	if (length == 0)
		return "is empty";
	if (length > SECRET_MAX)
		return "longer than 8 KiB";
	for (size_t i = 0; i < length; i++) {
		if ((unsigned char)line[i] < 0x20 || line[i] == 0x7f)
			return "has control characters";
	}
	return NULL;
}

const char *secret_read(const char *file, char **text)
{
	char line[SECRET_MAX + 2];
	const char *error;
	int fd = open_regular(file, &error);

	if (fd < 0)
		return error;
	ssize_t length = read_line(fd, line, sizeof(line) - 1);
	error = length < 0 ? strerror(errno) : NULL;
	close(fd);
	if (error)
		return error;
	line[length] = '\0';
	size_t used = strcspn(line, "\r\n");
	line[used] = '\0';
	error = check(line, used);
	if (!error) {
		*text = strdup(line);
		error = *text ? NULL : kit_out_of_memory;
	}
	explicit_bzero(line, sizeof(line));
	return error;
}

char *secret_find_credential(const char *path)
{
	static const char *const prefixes[] = {"kits_", ""};
	const char *folder = getenv("CREDENTIALS_DIRECTORY");
	const char *slash = strrchr(path, '/');
	const char *name = slash ? slash + 1 : path;

	for (size_t i = 0; folder && *path != '/' && i < ARRAY_SIZE(prefixes); i++) {
		size_t size = strlen(folder) + strlen(prefixes[i]) + strlen(name) + sizeof("/");
		char *found = malloc(size);
		if (!found)
			return NULL;
		snprintf(found, size, "%s/%s%s", folder, prefixes[i], name);
		if (access(found, R_OK) == 0)
			return found;
		free(found);
	}
	return NULL;
}
