/* What becomes of the payloads of one batch. */
#include "tools/wd-mqtt/intake/batch.h"
#include "tests/unit/tap.h"

#define NOW   INT64_C(1000000)
#define HOUR  (3600 * CLOCK_SECOND_US)
#define HEAD  "{\"type\":\"reply\",\"kit_id\":"
#define TIME  ",\"time\":\"1970-01-01T00:00:02.000000Z\",\"ok\":true,\"via\":\"mqtt\""
#define TIME1 ",\"time\":\"1970-01-01T00:00:02.000001Z\",\"ok\":true,\"via\":\"mqtt\""
#define TAIL  ",\"failures\":0}\n"

static struct payload_batch batch;

static void is_written(const char *expected, const char *name)
{
	struct buffer out = {0};

	batch_write(&batch, &out, 2 * CLOCK_SECOND_US, NOW);
	ok(span_equals(buffer_span(&out), expected), name);
	ok(batch.count == 0 && batch_next_us(&batch) == INT64_MAX, "the batch is empty then");
	buffer_release(&out);
}

static void one_line_for_each_kit_and_endpoint(void)
{
	struct mqtt_kit a = {.id = "a", .is_lost = true}, b = {.id = "b"};

	batch_add(&batch, &a, ENDPOINT_DRONES, SPAN("{\"id\":1}"), NOW);
	batch_add(&batch, &b, ENDPOINT_DRONES, SPAN("{\"id\":2}"), NOW + 100);
	batch_add(&batch, &a, ENDPOINT_SIGNALS, SPAN("{\"uid\":3}"), NOW + 100);
	batch_add(&batch, &a, ENDPOINT_DRONES, SPAN("{\"id\":4}"), NOW + 100);
	is_number((double)batch_next_us(&batch), (double)(NOW + BATCH_US),
		"it is due a batch's time after its first payload");
	is_written(HEAD
		"\"a\",\"endpoint\":\"drones\"" TIME
		",\"body\":{\"drones\":[{\"id\":1},{\"id\":4}]}" TAIL HEAD
		"\"b\",\"endpoint\":\"drones\"" TIME ",\"body\":{\"drones\":[{\"id\":2}]}" TAIL HEAD
		"\"a\",\"endpoint\":\"signals\"" TIME ",\"body\":{\"signals\":[{\"uid\":3}]}" TAIL,
		"a line for each kit and endpoint, in the order of arrival");
	ok(a.line_us == NOW && !a.is_lost, "and the kit is there again");
}

static void statuses_are_lines_of_their_own(void)
{
	struct mqtt_kit a = {.id = "a"};

	batch_add(&batch, &a, ENDPOINT_STATUS, SPAN("{\"n\":1}"), NOW);
	batch_add(&batch, &a, ENDPOINT_STATUS, SPAN("{\"n\":2}"), NOW);
	is_written(HEAD "\"a\",\"endpoint\":\"status\"" TIME ",\"body\":{\"n\":1}" TAIL HEAD
			"\"a\",\"endpoint\":\"status\"" TIME1 ",\"body\":{\"n\":2}" TAIL,
		"statuses have times that differ");
}

static void clocks(void)
{
	struct mqtt_kit a = {.id = "a", .clock = {.is_known = true, .offset_us = HOUR}};

	batch_add(&batch, &a, ENDPOINT_STATUS, SPAN("{}"), NOW);
	is_written(HEAD "\"a\",\"endpoint\":\"status\"" TIME ",\"body\":{}" TAIL,
		"no correction unless our own clock is trusted");
	batch.corrects_times = true;
	batch_add(&batch, &a, ENDPOINT_STATUS, SPAN("{}"), NOW);
	is_written(HEAD "\"a\",\"endpoint\":\"status\"" TIME
			",\"clock_offset_s\":3600,\"body\":{}" TAIL,
		"then the kit's clock is corrected");
}

static void limits(void)
{
	struct mqtt_kit a = {.id = "a"};
	struct buffer out = {0};

	for (int i = 0; i < BATCH_CHAIN_MAX; i++) {
		if (batch.is_full)
			break;
		batch_add(&batch, &a, ENDPOINT_DRONES, SPAN("{}"), NOW);
	}
	is_number(batch.count, BATCH_CHAIN_MAX, "a line has so many records at most");
	ok(batch.is_full, "then the batch is full");
	batch_write(&batch, &out, 1, NOW);
	ok(!batch.is_full, "and has room again once it is written");
	buffer_release(&out);
}

int main(void)
{
	one_line_for_each_kit_and_endpoint();
	statuses_are_lines_of_their_own();
	clocks();
	limits();
	batch_release(&batch);
	return tap_done();
}
