/* Messages, confirms and acknowledgements. */
#include "tools/wd-send/outbox.h"
#include "tests/unit/tap.h"

#define NONCE "0123456789abcdef"

static void add(struct outbox *outbox, size_t queue, const char *line)
{
	outbox_add(outbox, queue, span_of(line));
}

static void mark(struct outbox *outbox, char number)
{
	struct mark mark = {NONCE ".0"};

	mark.text[17] = number;
	outbox_add_mark(outbox, &mark);
}

/* Return the numbers of the marks that are acknowledged now, "12". */
static const char *acknowledged(struct outbox *outbox)
{
	static char numbers[16];
	struct buffer out = {0};
	size_t n = 0;

	outbox_acknowledge(outbox, &out);
	buffer_add_char(&out, '\0');
	for (const char *at = out.data; (at = strstr(at, NONCE "."));)
		numbers[n++] = *(at += 17);
	numbers[n] = '\0';
	buffer_release(&out);
	return numbers;
}

static void publish_all(struct outbox *outbox)
{
	while (outbox_publish(outbox))
		;
}

static void marks(void)
{
	struct outbox outbox;

	outbox_init(&outbox, 2);
	mark(&outbox, '0');
	is_text(acknowledged(&outbox), "0", "a mark with nothing before it waits for nothing");
	add(&outbox, 0, "a");
	add(&outbox, 1, "b");
	mark(&outbox, '1');
	add(&outbox, 0, "c");
	mark(&outbox, '2');
	is_number((double)outbox.count, 3, "a mark ends the messages of all queues");
	is_text(acknowledged(&outbox), "", "nothing is confirmed");
	publish_all(&outbox);
	outbox_confirm(&outbox, 2, false);
	outbox_confirm(&outbox, 3, false);
	is_text(acknowledged(&outbox), "", "the first message is missing");
	outbox_confirm(&outbox, 1, false);
	is_text(acknowledged(&outbox), "12", "both marks, in their order");
	ok(outbox_is_empty(&outbox), "nothing is left");
	outbox_release(&outbox);
}

static void reconnection(void)
{
	struct outbox outbox;
	size_t sent = 0;

	outbox_init(&outbox, 1);
	for (int i = 0; i < 4; i++) {
		add(&outbox, 0, "x");
		outbox_seal(&outbox);
	}
	mark(&outbox, '1');
	publish_all(&outbox);
	outbox_confirm(&outbox, 2, false);
	outbox_unpublish(&outbox);
	while (outbox_publish(&outbox))
		sent++;
	is_number((double)sent, 3, "what was confirmed is not sent again");
	outbox_confirm(&outbox, 3, true);
	is_text(acknowledged(&outbox), "1", "tags restart with a connection; multiple");
	outbox_confirm(&outbox, 7, true);
	ok(outbox_is_empty(&outbox), "a tag that was never sent confirms nothing");
	outbox_release(&outbox);
}

static void sizes(void)
{
	static char line[OUTBOX_MESSAGE_BYTES];
	struct outbox outbox;

	memset(line, 'x', sizeof(line) - 1);
	outbox_init(&outbox, 1);
	add(&outbox, 0, "a");
	add(&outbox, 0, line);
	add(&outbox, 0, "b");
	outbox_seal(&outbox);
	is_number((double)outbox.count, 3, "a line that fills a message travels alone");
	for (int i = 0; i < 256; i++)
		add(&outbox, 0, line);
	ok(outbox_is_full(&outbox), "64 MiB are enough");
	publish_all(&outbox);
	outbox_confirm(&outbox, 100, true);
	ok(!outbox_is_full(&outbox), "there is room after confirms");
	outbox_release(&outbox);
}

int main(void)
{
	marks();
	reconnection();
	sizes();
	return tap_done();
}
