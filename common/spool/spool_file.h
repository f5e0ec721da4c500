/* A small file that a writer keeps in the directory of its spool, across restarts. */
#ifndef WD_SPOOL_SPOOL_FILE_H
#define WD_SPOOL_SPOOL_FILE_H

#include "common/spool/spool.h"

/* Append the contents of SPOOL/NAME to `content`; a missing file is empty. Symbolic links are not
 * followed: a user who may write to the spool must not make us read another file. Return 0,
 * EX_IOERR or EX_OSERR. */
int spool_file_read(const struct spool *spool, const char *name, struct buffer *content);

/* Replace the file atomically and durably, and empty `content`. Return 0, EX_IOERR or EX_OSERR. */
int spool_file_write(const struct spool *spool, const char *name, struct buffer *content);

/* Remove the first line from `text` and return it without its newline; `data` NULL: there is none.
 */
struct span spool_file_next_line(struct span *text);

#endif
