/* Growable bytes, and the way they leave the process. */
#ifndef WD_COMMON_BUFFER_H
#define WD_COMMON_BUFFER_H

#include "common/span.h"

/* Zero-initialise to get an empty buffer. Appending never fails on the spot: when memory runs out,
 * `failed` stays set, later appends do nothing, and buffer_write() reports it. */
struct buffer {
	char *data;
	size_t length;
	size_t capacity;
	bool failed;
};

void buffer_release(struct buffer *buffer);

/* buffer_reserve() where there is not enough room yet. */
char *buffer_grow(struct buffer *buffer, size_t more);

/* Makes room for `more` bytes and returns where they go, or NULL (and `failed`). The caller adds
 * what it used to `length`. */
static inline char *buffer_reserve(struct buffer *buffer, size_t more)
{
	if (buffer->data && !buffer->failed && buffer->capacity - buffer->length >= more)
		return buffer->data + buffer->length;
	return buffer_grow(buffer, more);
}

static inline void buffer_add(struct buffer *buffer, const void *bytes, size_t length)
{
	char *at = buffer_reserve(buffer, length);

	if (at && length) {
		memcpy(at, bytes, length);
		buffer->length += length;
	}
}

static inline void buffer_add_span(struct buffer *buffer, struct span span)
{
	buffer_add(buffer, span.data, span.length);
}

void buffer_add_text(struct buffer *buffer, const char *text);
void buffer_printf(struct buffer *buffer, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

static inline void buffer_add_char(struct buffer *buffer, char byte)
{
	char *at = buffer_reserve(buffer, 1);

	if (at) {
		*at = byte;
		buffer->length++;
	}
}

static inline struct span buffer_span(const struct buffer *buffer)
{
	return (struct span){buffer->data, buffer->length};
}

/* Writes everything to `fd`, waiting where it must, and empties the buffer; once SIGTERM or SIGINT
 * has come, a reader that takes nothing is waited for 2 s at most. `name` is the thing that is
 * written ("stdout"), for the complaint. Returns 0, EX_IOERR (a reader that is gone included,
 * except at a terminal, where the process ends by SIGPIPE) or EX_OSERR when memory had run out; the
 * failure has been logged. */
int buffer_write(struct buffer *buffer, int fd, const char *name);

#endif
