/* What was read and is not confirmed yet: messages being filled, messages on their way, and the
 * marks that wait for them. Pure. */
#ifndef WD_SEND_OUTBOX_H
#define WD_SEND_OUTBOX_H

#include "common/base/buffer.h"
#include "common/pipeline/acknowledge.h"

/* A message ends before the line that would make it longer; a longer line travels alone. */
#define OUTBOX_MESSAGE_BYTES ((size_t)256 << 10)

/* Limits of what is unconfirmed: at either one nothing more is read. */
#define OUTBOX_MESSAGES_MAX 500
#define OUTBOX_BYTES_MAX    ((size_t)64 << 20)

struct outbox_message {
	size_t queue;
	struct buffer body;
	uint64_t tag; /* of the broker's confirm on this connection; 0: not published on it */
	bool is_confirmed;
};

/* A mark, and the messages that have to be confirmed before it is acknowledged. */
struct outbox_mark {
	struct mark mark;
	struct reply_counts counts;
	uint64_t end; /* the number of messages before it, since the start */
};

struct outbox {
	struct buffer *open; /* the message being filled, by queue */
	size_t queue_count;

	struct outbox_message *messages; /* sealed, oldest first */
	size_t count, capacity;
	size_t bytes;       /* of sealed messages */
	uint64_t first;     /* the number of messages[0] since the start */
	size_t unpublished; /* the first message that is not published on this connection */
	uint64_t published; /* on this connection: the last tag */

	struct outbox_mark *marks; /* oldest first */
	size_t mark_count, mark_capacity;
	struct reply_counts counts; /* since the last mark */
};

void outbox_init(struct outbox *outbox, size_t queue_count);
void outbox_release(struct outbox *outbox);

/* Add a line, without its newline, to the message of its queue. Return false if memory runs out. */
bool outbox_add(struct outbox *outbox, size_t queue, struct span line);
/* End all messages that are being filled. */
void outbox_seal(struct outbox *outbox);
/* End all messages, and note that the mark waits for them. */
void outbox_add_mark(struct outbox *outbox, const struct mark *mark);

/* Return whether a limit is reached, so that nothing more may be read. */
bool outbox_is_full(const struct outbox *outbox);
/* Return whether all is confirmed and acknowledged. */
bool outbox_is_empty(const struct outbox *outbox);

/* Return the next message to publish, which counts as published then, or NULL. */
const struct outbox_message *outbox_publish(struct outbox *outbox);
static inline bool outbox_has_unpublished(const struct outbox *outbox)
{
	return outbox->unpublished < outbox->count;
}
/* All that is not confirmed has to be published again, on another connection. */
void outbox_unpublish(struct outbox *outbox);

/* The broker confirms the message with that tag; `multiple`: and all before it. */
void outbox_confirm(struct outbox *outbox, uint64_t tag, bool multiple);

/* Append the ack lines of the marks whose messages are all confirmed. */
void outbox_acknowledge(struct outbox *outbox, struct buffer *out);

#endif
