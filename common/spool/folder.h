/* Reading one of the folders of a spool. */
#ifndef WD_SPOOL_FOLDER_H
#define WD_SPOOL_FOLDER_H

#include <dirent.h>

/* Return the folder that is open as `fd`, to be read from its start, independently of other readers
 * of `fd`. Close it with closedir(3). Return NULL after logging the error; `spool` is the path for
 * the message. */
DIR *spool_folder_list(int fd, const char *spool);

#endif
