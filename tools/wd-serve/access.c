#include "tools/wd-serve/access.h"

#include "common/log/log.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <sysexits.h>
#include <unistd.h>

static int read_token(struct access *access, const char *file)
{
	struct stat about;
	int fd = open(file, O_RDONLY | O_CLOEXEC | O_NONBLOCK);

	if (fd < 0)
		return fail(
			EX_NOINPUT, "cannot open the token file", {"file", file}, LOG_ERRNO(errno));
	ssize_t length = -1;
	if (fstat(fd, &about) == 0 && S_ISREG(about.st_mode))
		length = read(fd, access->token, sizeof(access->token) - 1);
	close(fd);
	if (length < 0)
		return fail(EX_CONFIG, "the token file is not a regular file", {"file", file});
	access->token[length] = '\0';
	access->token[strcspn(access->token, "\r\n")] = '\0';
	if (strlen(access->token) < ACCESS_TOKEN_MIN || length == ACCESS_TOKEN_MAX)
		return fail(EX_CONFIG, "the token is too short or too long", {"file", file},
			{"expected", "16 to 255 characters"}, {"hint", "openssl rand -hex 16"});
	return 0;
}

int access_open(struct access *access, const char *file, const struct opt_list *hosts)
{
	unsigned char bytes[32];

	*access = (struct access){.hosts = hosts};
	if (getrandom(bytes, sizeof(bytes), 0) != sizeof(bytes))
		return fail(EX_OSERR, "no random numbers", LOG_ERRNO(errno));
	for (size_t i = 0; i < sizeof(bytes); i++)
		snprintf(access->session + 2 * i, 3, "%02x", bytes[i]);
	return file ? read_token(access, file) : 0;
}

/* Copy the name without its port and without brackets. Return false if it is too long. */
static bool host_name(const char *host, char *name, size_t size)
{
	const char *start = host[0] == '[' ? host + 1 : host;
	size_t length = host[0] == '[' ? strcspn(start, "]") : strcspn(start, ":");

	if (length == 0 || length >= size)
		return false;
	memcpy(name, start, length);
	name[length] = '\0';
	return true;
}

bool access_host_is_allowed(const struct access *access, const char *host)
{
	char name[256];
	struct in6_addr address;

	if (!host || !host_name(host, name, sizeof(name)))
		return false;
	if (inet_pton(AF_INET, name, &address) == 1 || inet_pton(AF_INET6, name, &address) == 1 ||
		strcasecmp(name, "localhost") == 0)
		return true;
	for (size_t i = 0; i < access->hosts->count; i++) {
		if (strcasecmp(name, access->hosts->items[i]) == 0)
			return true;
	}
	return false;
}

bool access_origin_is_allowed(const char *origin, const char *host)
{
	const char *name = origin ? strstr(origin, "://") : NULL;

	return !origin || (name && strcasecmp(name + 3, host) == 0);
}

static bool equal(const char *ours, const char *theirs)
{
	size_t length = strlen(ours);
	unsigned char difference = strlen(theirs) != length;

	for (size_t i = 0; i < length; i++)
		difference |= (unsigned char)(ours[i] ^ (difference & 1 ? '\1' : theirs[i]));
	return difference == 0;
}

bool access_token_is_valid(const struct access *access, const char *token)
{
	return equal(access->token, token);
}

bool access_session_is_valid(const struct access *access, const char *session)
{
	return !access->token[0] || (session && equal(access->session, session));
}
