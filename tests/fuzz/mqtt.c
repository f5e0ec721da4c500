/* Fuzzes what wd-mqtt reads: messages. The first byte selects the topic, and whether the message is
 * retained. */
#include "tools/wd-mqtt/intake/intake.h"

#include "common/log/log.h"
#include "common/scan/scan.h"
#include "tests/fuzz/hold.h"

#include <stdint.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const char *const topics[] = {"wardragon/drones", "wardragon/aircraft", "wardragon/signals",
	"wardragon/system/k/attrs", "wardragon/service/k/availability", "wardragon/system/attrs"};

enum {
	TOPICS = sizeof(topics) / sizeof(topics[0]),
	RETAINED = 0x80
};

static void begin(struct intake *intake, struct buffer *out)
{
	*intake = (struct intake){.settings = {false, 100}, .out = out, .seed = 1};
	topics_init(&intake->topics, "wardragon");
	intake_init(intake, 1);
	intake_connected(intake);
}

/* Each line that is written is strict JSON. */
static void is_json(struct span lines)
{
	struct scan_error error;

	while (lines.length) {
		const char *newline = memchr(lines.data, '\n', lines.length);
		hold(newline, "whole lines");
		size_t length = (size_t)(newline - lines.data);
		hold(scan_check((struct span){lines.data, length}, SCAN_STRICT, &error),
			"each line is JSON");
		lines = (struct span){newline + 1, lines.length - length - 1};
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct intake intake;
	struct buffer out = {0};
	struct moment now = {CLOCK_MINUTE_US, INT64_C(1795456800) * CLOCK_SECOND_US};

	if (size == 0)
		return 0;
	log_level_parse("error");
	begin(&intake, &out);
	const char *topic = topics[(data[0] & 0x7f) % TOPICS];
	struct span payload = {(const char *)data + 1, size - 1};
	for (int i = 0; i < 7; i++) {
		intake_message(&intake, topic, payload, (data[0] & RETAINED) != 0, now);
		now.mono_us += CLOCK_SECOND_US, now.wall += CLOCK_SECOND_US;
	}
	intake_flush(&intake, now);
	intake_broker_lost(&intake, "gone", now);
	hold(!out.failed, "memory suffices");
	is_json(buffer_span(&out));
	intake_release(&intake);
	buffer_release(&out);
	return 0;
}
