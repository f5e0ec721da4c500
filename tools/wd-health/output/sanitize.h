/* Text from kits, safe to print. */
#ifndef WD_HEALTH_SANITIZE_H
#define WD_HEALTH_SANITIZE_H

#include <stddef.h>

/* Room for any `length` bytes: an invisible character becomes at most 8 for each of its bytes. */
#define SANITIZED_SIZE(length) (8 * (length) + 4)

/* Write `value`, without quotes around it, with all invisible and control characters escaped. */
void sanitize_text(char *out, size_t size, const char *value);

/* Return the length in bytes of the first `columns` characters of a UTF-8 text. */
size_t sanitize_cut(const char *text, size_t columns);

/* Return the number of characters of a UTF-8 text. */
size_t sanitize_width(const char *text);

#endif
