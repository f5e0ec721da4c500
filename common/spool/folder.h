/* Reading one of the folders of a spool. */
#ifndef WD_SPOOL_FOLDER_H
#define WD_SPOOL_FOLDER_H

#include <dirent.h>

/* Return the folder that is open as `fd`, to be read from its start, independently of other readers
 * of `fd`. Close it with closedir(3). Return NULL after logging the error; `spool` is the path for
 * the message. */
DIR *spool_folder_list(int fd, const char *spool);

/* Return the next entry, or NULL: errno is 0 at the end of the folder. */
const struct dirent *spool_folder_next(DIR *folder);

/* Close the folder after `status`: 0 if spool_folder_next() has returned NULL. Return `status`, or
 * EX_IOERR after logging the error at which reading ended. */
int spool_folder_close(DIR *folder, const char *spool, int status);

#endif
