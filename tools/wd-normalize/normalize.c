/* Turn a line into records, rejects and the lines that are passed on. */
#include "tools/wd-normalize/normalize.h"

#include "common/log/log.h"

static const struct map_table *const map_tables[ENDPOINT_COUNT] = {
	[ENDPOINT_DRONES] = &drone_table,
	[ENDPOINT_SIGNALS] = &signal_table,
	[ENDPOINT_STATUS] = &status_table,
};

void normalize_init(struct normalize *normalize)
{
	reply_keys_init(&normalize->reply_keys);
	for (size_t i = 0; i < ENDPOINT_COUNT; i++) {
		if (!map_tables[i])
			continue;
		mapping_init(&normalize->mappings[i], map_tables[i]);
		if (!map_tables[i]->list)
			continue;
		normalize->reply_keys.lists[i].keys = &normalize->mappings[i].keys[0];
		normalize->reply_keys.lists[i].max = ITEMS_MAX + 1;
	}
}

void normalize_release(struct normalize *normalize)
{
	buffer_release(&normalize->out);
	buffer_release(&normalize->part);
	reply_keys_release(&normalize->reply_keys);
}

static int flush(struct normalize *normalize)
{
	if (normalize->out.length < OUTPUT_MAX || normalize->fd < 0)
		return 0;
	return buffer_write(&normalize->out, normalize->fd, "stdout");
}

static int reject(struct normalize *normalize, const char *reason, clock_us time, struct span raw)
{
	const struct origin *origin = &normalize->reply.origin;

	normalize->rejected++;
	if (normalize->user.records_only) {
		log_warning("rejected", {"kit", origin->kit_id.data}, {"reason", reason});
		return 0;
	}
	record_put_reject(&normalize->out, &(struct record_reject){
						   .stage = "wd-normalize",
						   .reason = reason,
						   .kit_id = origin->kit_id,
						   .time = time,
						   .raw = raw,
					   });
	return flush(normalize);
}

/* Reject a part of the reply's body as a reply of its own. `time` is the part's own where it has
 * one: what a kit repeats on every poll is one reject, as it would be one row. */
static int reject_part(struct normalize *normalize, const char *reason, clock_us time,
	const char *list, struct span part)
{
	normalize->part.length = 0;
	/* A reject is cut at this length anyway. */
	if (part.length > RECORD_RAW_MAX)
		part.length = RECORD_RAW_MAX;
	reply_put_part(&normalize->reply, time, list, part, &normalize->part);
	normalize->out.failed |= normalize->part.failed;
	return reject(normalize, reason, time, buffer_span(&normalize->part));
}

/* The same for a part without a time of its own. */
static int reject_body(
	struct normalize *normalize, enum reject_code code, const char *list, struct span part)
{
	return reject_part(normalize, reject_reason(normalize->reason, code, NULL),
		normalize->reply.origin.time, list, part);
}

static int pass_on(struct normalize *normalize, struct span line)
{
	int status = 0;

	if (normalize->user.records_only)
		return 0;
	while (line.length > 0 && !status) {
		size_t length = line.length < OUTPUT_MAX ? line.length : OUTPUT_MAX;
		buffer_add(&normalize->out, line.data, length);
		line.data += length;
		line.length -= length;
		status = flush(normalize);
	}
	buffer_add_char(&normalize->out, '\n');
	return status;
}

/* Append the row as what it becomes. Return NULL, or the reason why the record is rejected. */
static const char *put_row(
	struct normalize *normalize, const struct mapping *mapping, bool complete)
{
	const struct record_user *user = &normalize->user;
	const struct map_table *table = mapping->table;
	struct map_row *row = &normalize->row;

	if (!complete || (!table->list && !row_holds_anything(row, table)))
		return reject_reason(normalize->reason, table->lacking, NULL);
	if (user->record)
		return user->record(user->self, row, mapping, &normalize->out);
	row_write(row, mapping, &normalize->out);
	return NULL;
}

/* Process `record`; if it is an object, its members are in the row. */
static int process_record(struct normalize *normalize, struct mapping *mapping, struct span record)
{
	const struct map_table *table = mapping->table;
	struct map_row *row = &normalize->row;

	if (scan_kind(record) != SCAN_OBJECT)
		return reject_body(normalize, REJECT_NOT_AN_OBJECT, table->list, record);
	row->record = record;
	bool complete = row_decide(row, mapping, &normalize->reply.origin);
	const char *reason = put_row(normalize, mapping, complete);
	if (reason)
		return reject_part(normalize, reason, row_time(row, table), table->list, record);
	return flush(normalize);
}

/* `items` are those of `array`. */
static int process_list(struct normalize *normalize, struct mapping *mapping, struct span array,
	struct scan_list *items)
{
	struct span item;
	int status = 0;

	for (int n = 0; !status && scan_list_next(items, &item, normalize->row.members); n++) {
		if (n == ITEMS_MAX) {
			const char *end = array.data + array.length - 1;
			struct span tail = {item.data, (size_t)(end - item.data)};
			return reject_body(normalize, REJECT_TOO_MANY, mapping->table->list, tail);
		}
		status = process_record(normalize, mapping, item);
	}
	return status;
}

/* The records are in the body's member with the name of the endpoint; the body may also be the list
 * of them itself. */
static int process_body(struct normalize *normalize, enum endpoint endpoint)
{
	struct mapping *mapping = &normalize->mappings[endpoint];
	struct scan_list *items = &normalize->reply_keys.lists[endpoint];
	struct span body = normalize->reply.body;
	struct span list = normalize->reply.lists[endpoint].value;

	if (!mapping->table->list) {
		scan_members(body, &mapping->keys[0], normalize->row.members);
		return process_record(normalize, mapping, body);
	}
	if (scan_kind(body) == SCAN_ARRAY) {
		list = body;
		scan_list(body, items);
	}
	if (scan_kind(list) != SCAN_ARRAY)
		return reject_body(normalize, REJECT_NO_LIST, NULL, body);
	return process_list(normalize, mapping, list, items);
}

static int process_reply(struct normalize *normalize)
{
	const struct kit_reply *reply = &normalize->reply;
	int status;

	if (!normalize->user.records_only)
		reply_put_rest(reply, &normalize->out);
	status = flush(normalize);
	if (status || !reply->body.data)
		return status;
	for (size_t i = 0; i < ENDPOINT_COUNT; i++) {
		if (!scan_text_is(reply->endpoint, endpoint_name((enum endpoint)i)))
			continue;
		/* An endpoint without a table: what its body contains is not stored. */
		if (!map_tables[i])
			return 0;
		return process_body(normalize, (enum endpoint)i);
	}
	return reject_body(normalize, REJECT_NO_ENDPOINT, NULL, reply->body);
}

int normalize_line(struct normalize *normalize, struct span line)
{
	switch (reply_parse(&normalize->reply, &normalize->reply_keys, line)) {
	case LINE_REPLY:
		return process_reply(normalize);
	case LINE_OTHER:
		return pass_on(normalize, line);
	case LINE_BAD:
		break;
	}
	return reject(normalize, normalize->reply.reason, normalize->reply.origin.time, line);
}

int normalize_overlong(struct normalize *normalize, struct span beginning)
{
	normalize->reply = (struct kit_reply){0};
	return reject(
		normalize, reject_reason(normalize->reason, REJECT_TOO_LONG, NULL), 0, beginning);
}
