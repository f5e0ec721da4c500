/* The filter: a line in, its records, rejects and what passes on out. */
#include "tools/wd-normalize/normalize.h"

#include "common/log.h"

static const struct map_table *const tables[ENDPOINTS] = {
	&drone_table, &signal_table, &status_table};

void normalize_init(struct normalize *normalize)
{
	reply_keys_init(&normalize->reply_keys);
	for (size_t i = 0; i < ENDPOINTS; i++)
		mapping_init(&normalize->mappings[i], tables[i]);
}

void normalize_release(struct normalize *normalize)
{
	buffer_release(&normalize->out);
	buffer_release(&normalize->part);
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

/* Rejects a part of the reply's body as a reply of its own. Of `time` the part's own where it has
 * one: what a kit repeats on every poll is one reject, as it would be one row. */
static int reject_part(struct normalize *normalize, const char *reason, clock_us time,
	const char *list, struct span part)
{
	normalize->part.length = 0;
	/* Behind what a reject keeps nothing needs copying. */
	if (part.length > RECORD_RAW_MAX)
		part.length = RECORD_RAW_MAX;
	reply_put_part(&normalize->reply, time, list, part, &normalize->part);
	normalize->out.failed |= normalize->part.failed;
	return reject(normalize, reason, time, buffer_span(&normalize->part));
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

/* `record`, whose members are in the row if it is an object. */
static int take_record(
	struct normalize *normalize, const struct mapping *mapping, struct span record)
{
	const struct normalize_user *user = &normalize->user;
	const struct map_table *table = mapping->table;
	struct row *row = &normalize->row;
	const struct reply *reply = &normalize->reply;
	const char *reason = NULL;

	if (scan_kind(record) != SCAN_OBJECT)
		return reject_part(normalize, "not_an_object: a record that is no object",
			reply->origin.time, table->list, record);
	if (!row_decide(row, mapping, &reply->origin))
		reason = table->lacking;
	else if (!table->list && !row_holds_anything(row, table))
		reason = table->lacking;
	else if (user->record)
		reason = user->record(user->self, row, mapping, &normalize->out);
	else
		row_write(row, mapping, &normalize->out);
	if (reason)
		return reject_part(normalize, reason, row_time(row, table), table->list, record);
	return flush(normalize);
}

static int take_list(struct normalize *normalize, const struct mapping *mapping, struct span list)
{
	struct span rest = scan_items(list), item;
	struct scan_member *members = normalize->row.members;
	int status = 0;

	for (int n = 0; !status && scan_next_members(&rest, &item, &mapping->keys[0], members);
		n++) {
		if (n == ITEMS_MAX) {
			struct span tail = {
				item.data, (size_t)(rest.data + rest.length - item.data)};
			return reject_part(normalize, "too_many: more than 2000 records",
				normalize->reply.origin.time, mapping->table->list, tail);
		}
		status = take_record(normalize, mapping, item);
	}
	return status;
}

/* `list` is the member that holds the records; a bare list will do. */
static int take_body(struct normalize *normalize, const struct mapping *mapping, struct span list)
{
	struct span body = normalize->reply.body;

	if (!mapping->table->list) {
		scan_members(body, &mapping->keys[0], normalize->row.members);
		return take_record(normalize, mapping, body);
	}
	if (scan_kind(body) == SCAN_ARRAY)
		list = body;
	if (scan_kind(list) != SCAN_ARRAY)
		return reject_part(normalize, "no_list: a body without its list",
			normalize->reply.origin.time, NULL, body);
	return take_list(normalize, mapping, list);
}

static int take_reply(struct normalize *normalize)
{
	const struct reply *reply = &normalize->reply;
	int status;

	if (!normalize->user.records_only)
		reply_put_rest(reply, &normalize->out);
	status = flush(normalize);
	if (status || !reply->body.data)
		return status;
	for (size_t i = 0; i < ENDPOINTS; i++) {
		if (scan_text_is(reply->endpoint, reply_endpoints[i]))
			return take_body(normalize, &normalize->mappings[i], reply->lists[i].value);
	}
	return reject_part(normalize, "no_endpoint: none that is known", reply->origin.time, NULL,
		reply->body);
}

int normalize_line(struct normalize *normalize, struct span line)
{
	switch (reply_parse(&normalize->reply, &normalize->reply_keys, line)) {
	case LINE_REPLY:
		return take_reply(normalize);
	case LINE_OTHER:
		return pass_on(normalize, line);
	case LINE_BAD:
		break;
	}
	return reject(normalize, normalize->reply.reason, normalize->reply.origin.time, line);
}

int normalize_overlong(struct normalize *normalize, struct span beginning)
{
	normalize->reply = (struct reply){0};
	return reject(normalize, "too_long: a line of more than 16 MiB", 0, beginning);
}
