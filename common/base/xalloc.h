/* Memory for filters that hold a bounded amount of it: running out ends the process where it
 * happens, with a message and EX_OSERR. Programs that have something to save (a spool, a
 * transaction) handle the failure themselves instead. */
#ifndef WD_COMMON_XALLOC_H
#define WD_COMMON_XALLOC_H

#include <stddef.h>

/* As malloc(3), calloc(3), realloc(3), strdup(3) and strndup(3), but never NULL. Release with
 * free(3). */
void *xmalloc(size_t size);
void *xcalloc(size_t count, size_t size);
void *xrealloc(void *memory, size_t size);
char *xstrdup(const char *text);
char *xstrndup(const char *text, size_t length);

#endif
