#include "tools/wd-serve/stream.h"

#include "common/base/xalloc.h"

#include <stdlib.h>

struct event_stream {
	struct event_stream *next;
	struct streams *streams;
	struct MHD_Connection *connection;
	struct buffer queue;
	size_t sent;      /* of the queue */
	size_t queue_max; /* larger until the state has been sent */
	bool is_suspended, is_closing;
};

static void wake(struct event_stream *stream)
{
	if (stream->is_suspended)
		MHD_resume_connection(stream->connection);
	stream->is_suspended = false;
}

/* Everything has been sent. The memory of a large state is not kept. */
static void empty_queue(struct event_stream *stream)
{
	if (stream->queue.capacity > STREAM_QUEUE_MAX) {
		buffer_release(&stream->queue);
		stream->queue = (struct buffer){0};
	}
	stream->sent = stream->queue.length = 0;
	stream->queue_max = STREAM_QUEUE_MAX;
}

static ssize_t read_stream(void *self, uint64_t position, char *out, size_t size)
{
	struct event_stream *stream = self;
	size_t length = stream->queue.length - stream->sent;

	(void)position;
	if (stream->is_closing)
		return MHD_CONTENT_READER_END_OF_STREAM;
	if (length == 0) {
		stream->is_suspended = true;
		MHD_suspend_connection(stream->connection);
		return 0;
	}
	if (length > size)
		length = size;
	memcpy(out, stream->queue.data + stream->sent, length);
	stream->sent += length;
	if (stream->sent == stream->queue.length)
		empty_queue(stream);
	return (ssize_t)length;
}

static void free_stream(void *self)
{
	struct event_stream *stream = self;
	struct event_stream **link = &stream->streams->first;

	while (*link != stream)
		link = &(*link)->next;
	*link = stream->next;
	stream->streams->count--;
	buffer_release(&stream->queue);
	free(stream);
}

struct MHD_Response *stream_open(
	struct streams *streams, struct MHD_Connection *connection, struct buffer state)
{
	if (state.failed) {
		buffer_release(&state);
		return NULL;
	}
	struct event_stream *stream = xcalloc(1, sizeof(*stream));
	stream->next = streams->first;
	stream->streams = streams;
	stream->connection = connection;
	streams->first = stream;
	streams->count++;
	stream->queue = state;
	stream->queue_max = STREAM_QUEUE_MAX + 2 * state.length;
	struct MHD_Response *response = MHD_create_response_from_callback(
		MHD_SIZE_UNKNOWN, 64 << 10, read_stream, stream, free_stream);
	if (!response)
		free_stream(stream);
	return response;
}

/* Remove what has been sent; seldom, because what is left may be large. */
static void compact(struct event_stream *stream)
{
	if (stream->sent == 0 || stream->sent < stream->queue.length / 2)
		return;
	stream->queue.length -= stream->sent;
	memmove(stream->queue.data, stream->queue.data + stream->sent, stream->queue.length);
	stream->sent = 0;
}

static void enqueue(struct event_stream *stream, struct span event)
{
	size_t pending = stream->queue.length - stream->sent;

	if (stream->is_closing)
		return;
	if (pending > 0 && pending + event.length > stream->queue_max) {
		stream->is_closing = true;
		stream->streams->dropped++;
	} else {
		compact(stream);
		buffer_add_span(&stream->queue, event);
	}
	wake(stream);
}

void streams_send(struct streams *streams, struct span event)
{
	for (struct event_stream *stream = streams->first; stream; stream = stream->next)
		enqueue(stream, event);
}

void streams_close(struct streams *streams)
{
	for (struct event_stream *stream = streams->first; stream; stream = stream->next) {
		stream->is_closing = true;
		wake(stream);
	}
}
