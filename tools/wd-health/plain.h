/* Text from kits as people may see it. */
#ifndef WD_HEALTH_PLAIN_H
#define WD_HEALTH_PLAIN_H

#include <stddef.h>

/* Enough for any `length` bytes: what is no UTF-8 becomes \xNN, the rest is never longer. */
#define PLAIN_SIZE(length) (8 * (length) + 4)

/* Writes `value` with all that could end a line or steer a terminal escaped, without quotes around
 * it. */
void plain_text(char *out, size_t size, const char *value);

/* How many characters the first `columns` of a UTF-8 text are, in bytes. */
size_t plain_cut(const char *text, size_t columns);

/* How many characters a UTF-8 text has. */
size_t plain_width(const char *text);

#endif
