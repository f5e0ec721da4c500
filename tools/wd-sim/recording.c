#include "tools/wd-sim/recording.h"

#include "common/base/xalloc.h"
#include "common/log/log.h"

#include <errno.h>
#include <fcntl.h>
#include <glob.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sysexits.h>
#include <unistd.h>

/* A collector waits after this reply and does not count it as a failure. */
static const char finished_reply[] = "HTTP/1.0 503 Service Unavailable\r\n"
				     "Content-Type: application/json\r\n"
				     "Retry-After: 300\r\n"
				     "\r\n"
				     "{\"error\": \"the recording has ended\"}";

static int read_all(int fd, const char *path, struct span *reply)
{
	struct stat about;
	char *bytes;
	size_t length = 0;
	ssize_t got = 1;

	if (fstat(fd, &about))
		return fail(EX_IOERR, "cannot read", {"file", path}, LOG_ERRNO(errno));
	bytes = xmalloc((size_t)about.st_size + 1);
	while (got > 0 && length < (size_t)about.st_size) {
		got = read(fd, bytes + length, (size_t)about.st_size - length);
		length += got > 0 ? (size_t)got : 0;
	}
	*reply = (struct span){bytes, length};
	if (got < 0)
		return fail(EX_IOERR, "cannot read", {"file", path}, LOG_ERRNO(errno));
	return 0;
}

static int read_file(const char *path, struct span *reply)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	int status;

	if (fd < 0)
		return fail(EX_IOERR, "cannot open", {"file", path}, LOG_ERRNO(errno));
	status = read_all(fd, path, reply);
	close(fd);
	return status;
}

static int read_endpoint(struct recording *recording, const glob_t *found, enum endpoint endpoint)
{
	int status = 0;

	recording->replies[endpoint] = xcalloc(found->gl_pathc, sizeof(struct span));
	for (size_t i = 0; i < found->gl_pathc && !status; i++) {
		status = read_file(found->gl_pathv[i], &recording->replies[endpoint][i]);
		recording->count[endpoint]++;
	}
	return status;
}

/* Escape the folder name, which is not a pattern. */
static void put_pattern(struct buffer *out, const char *folder, const char *endpoint)
{
	for (const char *at = folder; *at; at++) {
		if (strchr("*?[\\", *at))
			buffer_add_char(out, '\\');
		buffer_add_char(out, *at);
	}
	buffer_printf(out, "/poll*-%s.http", endpoint);
	buffer_add_char(out, '\0');
}

static int open_endpoint(struct recording *recording, const char *folder, enum endpoint endpoint)
{
	struct buffer pattern = {0};
	glob_t found = {0};
	int status = 0, result;

	put_pattern(&pattern, folder, endpoint_name(endpoint));
	result = pattern.failed ? GLOB_NOSPACE : glob(pattern.data, 0, NULL, &found);
	if (result == 0)
		status = read_endpoint(recording, &found, endpoint);
	else if (result != GLOB_NOMATCH)
		status = fail(EX_OSERR, "cannot read", {"folder", folder});
	globfree(&found);
	buffer_release(&pattern);
	return status;
}

int recording_open(struct recording *recording, const char *folder)
{
	size_t count = 0;

	for (unsigned i = 0; i < ENDPOINT_COUNT; i++) {
		int status = open_endpoint(recording, folder, i);
		if (status)
			return status;
		count += recording->count[i];
	}
	if (count == 0)
		return fail(EX_NOINPUT, "no recorded replies", {"folder", folder},
			{"expected",
				"pollNN-drones.http, -signals.http, -status.http, -config.http"});
	return 0;
}

void recording_release(struct recording *recording)
{
	for (unsigned i = 0; i < ENDPOINT_COUNT; i++) {
		for (size_t j = 0; j < recording->count[i]; j++)
			free((char *)recording->replies[i][j].data);
		free(recording->replies[i]);
	}
	*recording = (struct recording){0};
}

struct span recording_next(struct recording *recording, enum endpoint endpoint)
{
	size_t *next = &recording->next[endpoint];

	if (*next == recording->count[endpoint])
		return SPAN(finished_reply);
	return recording->replies[endpoint][(*next)++];
}

bool recording_finished(const struct recording *recording)
{
	for (unsigned i = 0; i < ENDPOINT_COUNT; i++) {
		if (recording->next[i] < recording->count[i])
			return false;
	}
	return true;
}
