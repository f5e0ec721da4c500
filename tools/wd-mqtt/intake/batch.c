/* Payloads that are collected for 250 ms and then written as reply lines. */
#include "tools/wd-mqtt/intake/batch.h"

#include "common/record/reply_line.h"

void batch_release(struct payload_batch *batch)
{
	buffer_release(&batch->bytes);
	buffer_release(&batch->body);
}

void batch_add(struct payload_batch *batch, struct mqtt_kit *kit, enum endpoint endpoint,
	struct span json, int64_t now_us)
{
	struct batch_chain *chain = &kit->chains[endpoint];
	struct batch_item *item = &batch->items[batch->count];

	if (batch->count == 0)
		batch->due_us = now_us + BATCH_US;
	*item = (struct batch_item){kit, endpoint, batch->bytes.length, json.length, 0};
	buffer_add_span(&batch->bytes, json);
	batch->count++;
	if (chain->count++ == 0)
		chain->first = batch->count;
	else
		batch->items[chain->last - 1].next = batch->count;
	chain->last = batch->count;
	batch->is_full = batch->count == BATCH_ITEMS_MAX || chain->count == BATCH_CHAIN_MAX ||
			 batch->bytes.length >= BATCH_BYTES_MAX;
}

int64_t batch_next_us(const struct payload_batch *batch)
{
	return batch->count ? batch->due_us : INT64_MAX;
}

static struct span payload_of(const struct payload_batch *batch, const struct batch_item *item)
{
	return (struct span){batch->bytes.data + item->offset, item->length};
}

static struct reply_line line_of(
	const struct payload_batch *batch, const struct batch_item *item, clock_us time)
{
	return (struct reply_line){
		.kit_id = item->kit->id,
		.via = "mqtt",
		.endpoint = item->endpoint,
		.time = time,
		.clock_offset_us = batch->corrects_times ? item->kit->clock.offset_us : 0,
	};
}

/* {"drones":[PAYLOAD,…]} of a chain that begins with `item`. */
static void write_list(struct payload_batch *batch, const struct batch_item *item,
	struct buffer *out, clock_us time)
{
	struct reply_line line = line_of(batch, item, time);
	struct buffer *body = &batch->body;

	body->length = 0;
	buffer_printf(body, "{\"%s\":[", endpoint_name(item->endpoint));
	for (;;) {
		buffer_add_span(body, payload_of(batch, item));
		if (!item->next)
			break;
		buffer_add_char(body, ',');
		item = &batch->items[item->next - 1];
	}
	buffer_add_text(body, "]}");
	line.body = buffer_span(body);
	out->failed = out->failed || body->failed;
	reply_line_format(out, &line);
}

/* A reply of `status` is one object: a line each, at times that differ, because consumers ignore a
 * reply that is not newer than the one before. */
static void write_statuses(struct payload_batch *batch, const struct batch_item *item,
	struct buffer *out, clock_us time)
{
	for (;; item = &batch->items[item->next - 1]) {
		struct reply_line line = line_of(batch, item, time++);
		line.body = payload_of(batch, item);
		reply_line_format(out, &line);
		if (!item->next)
			return;
	}
}

void batch_write(struct payload_batch *batch, struct buffer *out, clock_us time, int64_t now_us)
{
	out->failed = out->failed || batch->bytes.failed;
	for (uint32_t i = 0; i < batch->count && !out->failed; i++) {
		struct batch_item *item = &batch->items[i];
		struct batch_chain *chain = &item->kit->chains[item->endpoint];
		if (chain->first != i + 1)
			continue;
		if (item->endpoint == ENDPOINT_STATUS)
			write_statuses(batch, item, out, time);
		else
			write_list(batch, item, out, time);
		*chain = (struct batch_chain){0};
		item->kit->line_us = now_us;
		item->kit->is_lost = false;
	}
	batch->written += batch->count > 0;
	batch->bytes.length = 0;
	batch->count = 0;
	batch->is_full = false;
}
