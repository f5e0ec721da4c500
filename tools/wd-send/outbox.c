#include "tools/wd-send/outbox.h"

#include "common/base/xalloc.h"

#include <stdlib.h>

void outbox_init(struct outbox *outbox, size_t queue_count)
{
	*outbox = (struct outbox){.queue_count = queue_count};
	outbox->open = xcalloc(queue_count, sizeof(*outbox->open));
}

void outbox_release(struct outbox *outbox)
{
	for (size_t i = 0; i < outbox->queue_count; i++)
		buffer_release(&outbox->open[i]);
	for (size_t i = 0; i < outbox->count; i++)
		buffer_release(&outbox->messages[i].body);
	free(outbox->open);
	free(outbox->messages);
	free(outbox->marks);
}

static void seal(struct outbox *outbox, size_t queue)
{
	struct buffer *open = &outbox->open[queue];

	if (open->length == 0)
		return;
	if (outbox->count == outbox->capacity) {
		outbox->capacity = outbox->capacity ? 2 * outbox->capacity : 64;
		outbox->messages =
			xrealloc(outbox->messages, outbox->capacity * sizeof(*outbox->messages));
	}
	outbox->bytes += open->length;
	outbox->messages[outbox->count++] = (struct outbox_message){.queue = queue, .body = *open};
	*open = (struct buffer){0};
}

bool outbox_add(struct outbox *outbox, size_t queue, struct span line)
{
	struct buffer *open = &outbox->open[queue];

	if (open->length + line.length + 1 > OUTBOX_MESSAGE_BYTES)
		seal(outbox, queue);
	buffer_add_span(open, line);
	buffer_add_char(open, '\n');
	return !open->failed;
}

void outbox_seal(struct outbox *outbox)
{
	for (size_t i = 0; i < outbox->queue_count; i++)
		seal(outbox, i);
}

void outbox_add_mark(struct outbox *outbox, const struct mark *mark)
{
	outbox_seal(outbox);
	if (outbox->mark_count == outbox->mark_capacity) {
		outbox->mark_capacity = outbox->mark_capacity ? 2 * outbox->mark_capacity : 64;
		outbox->marks =
			xrealloc(outbox->marks, outbox->mark_capacity * sizeof(*outbox->marks));
	}
	outbox->marks[outbox->mark_count++] =
		(struct outbox_mark){*mark, outbox->counts, outbox->first + outbox->count};
	outbox->counts = (struct reply_counts){0};
}

bool outbox_is_full(const struct outbox *outbox)
{
	return outbox->count >= OUTBOX_MESSAGES_MAX || outbox->bytes >= OUTBOX_BYTES_MAX;
}

bool outbox_is_empty(const struct outbox *outbox)
{
	return outbox->count == 0 && outbox->mark_count == 0;
}

const struct outbox_message *outbox_publish(struct outbox *outbox)
{
	while (outbox_has_unpublished(outbox)) {
		struct outbox_message *message = &outbox->messages[outbox->unpublished++];
		if (message->is_confirmed)
			continue;
		message->tag = ++outbox->published;
		return message;
	}
	return NULL;
}

void outbox_unpublish(struct outbox *outbox)
{
	for (size_t i = 0; i < outbox->count; i++)
		outbox->messages[i].tag = 0;
	outbox->unpublished = 0;
	outbox->published = 0;
}

/* Forget the confirmed messages at the front. */
static void drop_confirmed(struct outbox *outbox)
{
	size_t n = 0;

	while (n < outbox->count && outbox->messages[n].is_confirmed)
		n++;
	if (n == 0)
		return;
	outbox->count -= n;
	outbox->first += n;
	outbox->unpublished -= n < outbox->unpublished ? n : outbox->unpublished;
	memmove(outbox->messages, outbox->messages + n, outbox->count * sizeof(*outbox->messages));
}

void outbox_confirm(struct outbox *outbox, uint64_t tag, bool multiple)
{
	for (size_t i = 0; i < outbox->unpublished; i++) {
		struct outbox_message *message = &outbox->messages[i];
		if (message->tag > tag)
			break;
		if (message->is_confirmed || message->tag == 0 ||
			(!multiple && message->tag != tag))
			continue;
		message->is_confirmed = true;
		outbox->bytes -= message->body.length;
		buffer_release(&message->body);
	}
	drop_confirmed(outbox);
}

void outbox_acknowledge(struct outbox *outbox, struct buffer *out)
{
	size_t n = 0;

	for (; n < outbox->mark_count && outbox->marks[n].end <= outbox->first; n++)
		ack_format(out, &outbox->marks[n].mark, &outbox->marks[n].counts);
	if (n == 0)
		return;
	outbox->mark_count -= n;
	memmove(outbox->marks, outbox->marks + n, outbox->mark_count * sizeof(*outbox->marks));
}
