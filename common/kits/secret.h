/* Passwords and tokens are read from files of their own, so that neither a command line nor a
 * configuration that is shown to others contains them. */
#ifndef WD_KITS_SECRET_H
#define WD_KITS_SECRET_H

/* Read the first line of the regular file `file` (at most 8 KiB) into `*text` (malloc). Return
 * NULL, or the error: a static text, or strerror()'s. */
const char *secret_read(const char *file, char **text);

/* Return the file in systemd's folder of credentials that has the name of the relative `path`, as
 * malloc'ed text, or NULL: NAME, or kits_NAME as LoadCredential=kits:FOLDER calls it
 * (systemd.exec(5)). */
char *secret_find_credential(const char *path);

#endif
