/* Batches of messages, and what may be acknowledged. */
#include "tools/wd-recv/window.h"
#include "tests/unit/tap.h"

static void acknowledgements(void)
{
	struct recv_window window = {0};
	uint64_t tag = 0;
	size_t messages = 0;

	ok(!recv_window_ack(&window, 1, 0, &tag, &messages), "a mark that was not sent");
	recv_window_add(&window, 10, 100, 5);
	recv_window_add(&window, 11, 100, 6);
	is_number((double)recv_window_end_batch(&window), 1, "the first mark");
	recv_window_add(&window, 12, 100, 7);
	is_number((double)recv_window_end_batch(&window), 2, "the second one");
	recv_window_add(&window, 13, 100, 8);
	is_number((double)recv_window_end_batch(&window), 3, "the third one");
	ok(!recv_window_ack(&window, 0, 9, &tag, &messages), "none");
	ok(!recv_window_ack(&window, 4, 9, &tag, &messages), "one that was not sent, again");
	ok(recv_window_ack(&window, 2, 9, &tag, &messages), "an ack covers the marks before it");
	is_number((double)tag, 12, "the last message of its batch");
	is_number((double)messages, 3, "all of both batches");
	is_number((double)window.messages, 1, "one message is left");
	is_number((double)window.waiting_us, 9, "the wait begins with the acknowledgement");
	ok(!recv_window_ack(&window, 2, 9, &tag, &messages), "the same ack is no news");
	ok(recv_window_ack(&window, 3, 9, &tag, &messages) && tag == 13, "the last one");
	recv_window_add(&window, 14, 1, 20);
	is_number((double)window.waiting_us, 20, "or with the first message after it");
	recv_window_release(&window);
}

static void batches(void)
{
	struct recv_window window = {0};

	ok(!recv_window_is_due(&window, INT64_MAX - 1), "an empty batch never ends");
	recv_window_add(&window, 1, 1, 1000);
	ok(!recv_window_is_due(&window, 1000 + BATCH_US - 1), "not yet");
	ok(recv_window_is_due(&window, 1000 + BATCH_US), "by time");
	is_number((double)recv_window_due_us(&window), 1000 + BATCH_US, "when");
	recv_window_end_batch(&window);
	for (uint64_t i = 0; i < BATCH_MESSAGES - 1; i++)
		recv_window_add(&window, 2 + i, 1, 1000);
	ok(!recv_window_is_due(&window, 1000), "63 messages");
	recv_window_add(&window, 99, 1, 1000);
	ok(recv_window_is_due(&window, 1000), "64 messages");
	recv_window_end_batch(&window);
	recv_window_add(&window, 100, BATCH_BYTES, 1000);
	ok(recv_window_is_due(&window, 1000), "8 MiB");
	recv_window_release(&window);
}

int main(void)
{
	acknowledgements();
	batches();
	return tap_done();
}
