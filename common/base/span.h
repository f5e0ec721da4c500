/* A range of bytes that it does not own. */
#ifndef WD_COMMON_SPAN_H
#define WD_COMMON_SPAN_H

#include <stdbool.h>
#include <stddef.h>
#include <string.h>

/* `data` is NULL if there is no value; an empty text has an address and length 0. Not
 * NUL-terminated. */
struct span {
	const char *data;
	size_t length;
};

/* A string literal as a span. */
#define SPAN(literal) ((struct span){(literal), sizeof(literal) - 1})

static inline struct span span_of(const char *text)
{
	return (struct span){text, text ? strlen(text) : 0};
}

static inline bool span_equals(struct span span, const char *text)
{
	return span.data && strlen(text) == span.length &&
	       memcmp(span.data, text, span.length) == 0;
}

#endif
