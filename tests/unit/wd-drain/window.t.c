/* Which mark covers which segment. */
#include "tools/wd-drain/spool/window.h"

#include "tests/unit/tap.h"

#include <stdio.h>

#define MIB ((int64_t)1 << 20)

static void add(struct window *window, int count, int64_t bytes)
{
	char name[SEGMENT_NAME_SIZE];
	struct segment_identity identity = {.size = bytes};

	for (int i = 0; i < count; i++) {
		segment_name_format(name, i, 0);
		window_add(window, name, &identity);
	}
}

static void test_room(void)
{
	struct window window;

	window_init(&window, 3, 0);
	add(&window, 2, 1);
	ok(window_has_room(&window), "room for a third segment");
	add(&window, 1, 1);
	ok(!window_has_room(&window), "not for a fourth");
	window_release(&window);
	window_init(&window, 1000, 0);
	add(&window, 1, 64 * MIB);
	ok(!window_has_room(&window), "64 MiB are the most");
	window_drop(&window, 0);
	window_release(&window);
}

static void test_when(void)
{
	struct window window;

	window_init(&window, 1000, 0);
	ok(!window_checkpoint_is_due(&window, INT64_MAX / 2), "nothing fed: no checkpoint");
	ok(window_checkpoint_due_us(&window) == INT64_MAX, "and none to wait for");
	add(&window, 1, 1);
	ok(!window_checkpoint_is_due(&window, 1999999), "not within 2 s");
	ok(window_checkpoint_due_us(&window) == 2000000, "but after them");
	ok(window_checkpoint_is_due(&window, 2000000), "it is due then");
	window_next_mark(&window, true, 2000000);
	ok(!window_needs_checkpoint(&window), "it covers all");
	add(&window, WINDOW_CHECKPOINT_COUNT - 1, 1);
	ok(!window_checkpoint_is_due(&window, 2000000), "one segment less is too few");
	add(&window, 1, 1);
	ok(window_checkpoint_is_due(&window, 2000000), "so many are enough");
	window_next_mark(&window, true, 2000000);
	add(&window, 1, 16 * MIB);
	ok(window_checkpoint_is_due(&window, 2000000), "a quarter of the bytes as well");
	window_release(&window);
	window_init(&window, 4, 0);
	add(&window, 1, 1);
	ok(window_checkpoint_is_due(&window, 0), "and a quarter of a small limit");
	window_release(&window);
}

static void test_marks(void)
{
	struct window window;

	window_init(&window, 1000, 0);
	ok(!window_flush_is_due(&window), "nothing fed: no mark");
	add(&window, 1, 1);
	ok(!window_mark_is_due(&window), "no mark after each segment of a backlog");
	ok(window_flush_is_due(&window), "but where nothing follows");
	window_next_mark(&window, false, 0);
	ok(!window_flush_is_due(&window), "once");
	add(&window, 2, WINDOW_MARK_BYTES / 2);
	ok(!window_flush_is_due(&window), "not while another mark is awaited");
	ok(window_mark_is_due(&window), "many bytes of a backlog are marked");
	window_ack(&window, 1);
	ok(window_flush_is_due(&window), "due once that mark is acknowledged");
	window_next_mark(&window, true, 0);
	ok(!window_mark_is_due(&window) && !window_flush_is_due(&window), "a checkpoint is a mark");
	window_release(&window);
}

static void test_acknowledgements(void)
{
	struct window window;
	struct window_checkpoint taken;

	window_init(&window, 1000, 0);
	add(&window, 2, 5);
	window_next_mark(&window, false, 0);
	window_next_mark(&window, true, 0);
	add(&window, 3, 5);
	window_next_mark(&window, true, 0);
	add(&window, 1, 5);
	is_number((double)window_next_mark(&window, false, 0), 4, "marks are counted from 1");
	ok(!window_ack(&window, 5), "a mark that was not sent is not acknowledged");
	ok(!window_ack(&window, 0), "nor is number 0");
	ok(window_ack(&window, 1), "the first is");
	ok(!window_take_checkpoint(&window, &taken), "it is no checkpoint");
	ok(window_ack(&window, 3) && !window_ack(&window, 2), "a later mark covers earlier ones");
	ok(window_take_checkpoint(&window, &taken) && taken.mark == 3 && taken.covered == 5,
		"the newest checkpoint counts");
	window_drop(&window, taken.covered);
	ok(window.count == 1 && window.bytes == 5, "its segments are released");
	ok(!window_take_checkpoint(&window, &taken), "once");
	window_next_mark(&window, true, 0);
	window_ack(&window, 5);
	ok(window_take_checkpoint(&window, &taken) && taken.covered == 1, "positions move along");
	window_release(&window);
}

static void test_many_checkpoints(void)
{
	struct window window;
	struct window_checkpoint taken;

	window_init(&window, 100 * WINDOW_CHECKPOINT_COUNT, 0);
	for (int i = 0; i < WINDOW_CHECKPOINTS_MAX - 1; i++) {
		add(&window, WINDOW_CHECKPOINT_COUNT, 1);
		ok(window_checkpoint_is_due(&window, 0), "one more checkpoint");
		window_next_mark(&window, true, 0);
	}
	add(&window, WINDOW_CHECKPOINT_COUNT, 1);
	ok(!window_checkpoint_is_due(&window, INT64_MAX / 2), "the last place is not used");
	ok(window_checkpoint_due_us(&window) == INT64_MAX, "nor waited for");
	window_next_mark(&window, true, 0);
	ok(!window_needs_checkpoint(&window), "but at the end");
	window_ack(&window, WINDOW_CHECKPOINTS_MAX);
	ok(window_take_checkpoint(&window, &taken) && taken.covered == window.count,
		"which covers all");
	window_release(&window);
}

int main(void)
{
	test_room();
	test_when();
	test_marks();
	test_acknowledgements();
	test_many_checkpoints();
	return tap_done();
}
