#include "common/spool/folder.h"

#include "common/log/log.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sysexits.h>
#include <unistd.h>

static int cannot_list(const char *spool)
{
	return fail(EX_IOERR, "cannot list the spool", {"spool", spool}, LOG_ERRNO(errno));
}

DIR *spool_folder_list(int fd, const char *spool)
{
	/* An open of its own: duplicates of a descriptor share the position in the folder. */
	int own_fd = openat(fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *folder = own_fd < 0 ? NULL : fdopendir(own_fd);

	if (!folder) {
		cannot_list(spool);
		if (own_fd >= 0)
			close(own_fd);
	}
	return folder;
}

const struct dirent *spool_folder_next(DIR *folder)
{
	errno = 0;
	return readdir(folder);
}

int spool_folder_close(DIR *folder, const char *spool, int status)
{
	if (!status && errno)
		status = cannot_list(spool);
	closedir(folder);
	return status;
}
