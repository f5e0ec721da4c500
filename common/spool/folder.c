#include "common/spool/folder.h"

#include "common/log/log.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

DIR *spool_folder_list(int fd, const char *spool)
{
	/* An open of its own: duplicates of a descriptor share the position in the folder. */
	int own_fd = openat(fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *folder = own_fd < 0 ? NULL : fdopendir(own_fd);

	if (!folder) {
		log_error("cannot list the spool", {"spool", spool}, LOG_ERRNO(errno));
		if (own_fd >= 0)
			close(own_fd);
	}
	return folder;
}
