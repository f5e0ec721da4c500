/* Passwords and tokens live in files of their own, so that they are in no command line, and in no
 * configuration that is shown around. */
#ifndef WD_POLL_SECRET_H
#define WD_POLL_SECRET_H

/* Reads the first line of `file` (at most 8 KiB) into `*text` (malloc). Returns NULL, or what is
 * wrong with the file: a static text, or strerror()'s. */
const char *secret_read(const char *file, char **text);

#endif
