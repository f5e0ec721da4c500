/* A growable buffer, and writing it to a descriptor. */
#ifndef WD_COMMON_BUFFER_H
#define WD_COMMON_BUFFER_H

#include "common/base/span.h"

/* Zero-initialize for an empty buffer. Appending never fails immediately: when memory runs out,
 * `failed` stays set, later appends do nothing, and buffer_write() reports it. */
struct buffer {
	char *data;
	size_t length;
	size_t capacity;
	bool failed;
};

void buffer_release(struct buffer *buffer);

/* The slow path of buffer_reserve(). */
char *buffer_grow(struct buffer *buffer, size_t more);

/* Make room for `more` bytes and return where they go, or NULL (and set `failed`). The caller adds
 * the number of bytes that it wrote to `length`. */
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

/* Write everything to `fd`, blocking if necessary, and empty the buffer. After SIGTERM or SIGINT,
 * wait at most 2 s for a reader that is blocked. `name` is what is written ("stdout"), for the
 * message. Return 0, EX_IOERR (also if the reader has ended, except at a terminal, where SIGPIPE
 * ends the process) or EX_OSERR if memory ran out; the failure has been logged. */
int buffer_write(struct buffer *buffer, int fd, const char *name);

/* Log that writing to `fd` failed, and return EX_IOERR. The message contains `name`, or the path of the file
 * if `fd` is stdout and was redirected to a regular file. */
int buffer_write_error(int fd, const char *name, int error);

#endif
