/* Preloaded: kills the program $CRASH_PROGRAM at its call number $CRASH_AT among those that change files, before the
 * call has an effect. Of a write to a file, the first half is written before. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static atomic_long calls;

static int is_now(void)
{
	const char *program = getenv("CRASH_PROGRAM"), *at = getenv("CRASH_AT");

	if (!program || !at || strcmp(program, program_invocation_short_name) != 0)
		return 0;
	return atomic_fetch_add(&calls, 1) + 1 == atol(at);
}

static void end(void)
{
	kill(getpid(), SIGKILL);
	for (;;)
		pause();
}

#define BEFORE(name, parameters, arguments)                                                        \
	int name parameters                                                                        \
	{                                                                                          \
		int(*real) parameters;                                                             \
		*(void **)&real = dlsym(RTLD_NEXT, #name);                                         \
		if (is_now())                                                                      \
			end();                                                                     \
		return real arguments;                                                             \
	}

BEFORE(fsync, (int fd), (fd))
BEFORE(fdatasync, (int fd), (fd))
BEFORE(rename, (const char *from, const char *to), (from, to))
BEFORE(renameat, (int from_fd, const char *from, int to_fd, const char *to),
	(from_fd, from, to_fd, to))
BEFORE(linkat, (int from_fd, const char *from, int to_fd, const char *to, int flags),
	(from_fd, from, to_fd, to, flags))
BEFORE(unlink, (const char *path), (path))
BEFORE(unlinkat, (int fd, const char *path, int flags), (fd, path, flags))
BEFORE(mkdir, (const char *path, mode_t mode), (path, mode))
BEFORE(mkdirat, (int fd, const char *path, mode_t mode), (fd, path, mode))
BEFORE(symlinkat, (const char *target, int fd, const char *path), (target, fd, path))
BEFORE(ftruncate, (int fd, off_t length), (fd, length))

ssize_t write(int fd, const void *data, size_t length)
{
	ssize_t (*real)(int, const void *, size_t);
	struct stat info;

	*(void **)&real = dlsym(RTLD_NEXT, "write");
	if (fstat(fd, &info) == 0 && S_ISREG(info.st_mode) && fd != STDERR_FILENO && is_now()) {
		real(fd, data, length / 2);
		end();
	}
	return real(fd, data, length);
}
