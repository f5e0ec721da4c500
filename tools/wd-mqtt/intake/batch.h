/* Payloads that are collected for 250 ms and then written as reply lines, one for each kit and
 * endpoint (one for each status). */
#ifndef WD_MQTT_BATCH_H
#define WD_MQTT_BATCH_H

#include "common/base/buffer.h"
#include "tools/wd-mqtt/kits/kit_table.h"

#define BATCH_US INT64_C(250000)

/* A batch that reaches one of these is written at once. wd-normalize(1) takes 2,000 records in one
 * reply. */
#define BATCH_BYTES_MAX ((size_t)1 << 20)
#define BATCH_ITEMS_MAX 8192
#define BATCH_CHAIN_MAX 1000

struct batch_item {
	struct mqtt_kit *kit;
	enum endpoint endpoint;
	size_t offset, length; /* of the payload in `bytes` */
	uint32_t next;         /* of the same kit and endpoint: its index + 1; 0: the last one */
};

/* Zero-initialise. */
struct payload_batch {
	struct buffer bytes; /* the payloads */
	struct buffer body;  /* of the line that is being written */
	struct batch_item items[BATCH_ITEMS_MAX];
	uint32_t count;
	bool is_full;
	uint64_t written;    /* batches, so far */
	bool corrects_times; /* the lines have the estimates of the kits' clocks */
	int64_t due_us;      /* on the monotonic clock, while `count` > 0 */
};

void batch_release(struct payload_batch *batch);

/* Add a checked, compact payload that arrived at `now_us`. If `is_full` is set afterwards, write
 * the batch before the next one is added. */
void batch_add(struct payload_batch *batch, struct mqtt_kit *kit, enum endpoint endpoint,
	struct span json, int64_t now_us);

/* When the batch is to be written; INT64_MAX while it is empty. */
int64_t batch_next_us(const struct payload_batch *batch);

/* Append the reply lines of all payloads to `out`, with `time` (the wall clock) as their time, and
 * empty the batch. `now_us` becomes the kits' `line_us`. */
void batch_write(struct payload_batch *batch, struct buffer *out, clock_us time, int64_t now_us);

#endif
