/* A line, split into its parts. */
#include "tools/wd-normalize/reply.h"

#include "common/base/array.h"
#include "common/lines/json.h"

#include <stdio.h>

enum reply_key {
	TYPE,
	KIT_ID,
	ENDPOINT,
	TIME,
	OFFSET,
	VIA,
	BODY,
	KEYS,
};

static const char *const names[KEYS] = {
	"type", "kit_id", "endpoint", "time", "clock_offset_s", "via", "body"};

void reply_keys_init(struct reply_keys *keys)
{
	scan_keys_init(&keys->reply, names, ARRAY_SIZE(names));
	for (size_t i = 0; i < ENDPOINT_COUNT; i++)
		keys->names[i] = endpoint_name((enum endpoint)i);
	scan_keys_init(&keys->body, keys->names, ENDPOINT_COUNT);
}

void reply_keys_release(struct reply_keys *keys)
{
	for (size_t i = 0; i < ENDPOINT_COUNT; i++)
		scan_list_release(&keys->lists[i]);
}

static enum line_kind bad(struct kit_reply *reply, enum reject_code code, const char *detail)
{
	reject_reason(reply->reason, code, detail);
	return LINE_BAD;
}

static bool read_time(struct kit_reply *reply, struct span value)
{
	char text[CLOCK_TEXT_SIZE + 8];

	size_t length = scan_text(value, text, sizeof(text));
	return clock_parse((struct span){text, length}, &reply->origin.time);
}

static enum line_kind read_members(struct kit_reply *reply, const struct scan_member *members)
{
	struct origin *origin = &reply->origin;
	size_t length = scan_text(members[KIT_ID].value, reply->kit_id, sizeof(reply->kit_id));

	if (length > 0)
		origin->kit_id = (struct span){reply->kit_id, length};
	if (!read_time(reply, members[TIME].value))
		return bad(reply, REJECT_NO_TIME, NULL);
	if (length == 0)
		return bad(reply, REJECT_NO_KIT, NULL);
	if (scan_number(members[OFFSET].value, &origin->offset_s))
		origin->offset = members[OFFSET].value;
	else
		origin->offset_s = 0;
	reply->endpoint = members[ENDPOINT].value;
	reply->via = members[VIA].value;
	origin->is_mqtt = scan_text_is(reply->via, "mqtt");
	if (reply->line.length - members[BODY].value.length > REPLY_REST_MAX)
		return bad(reply, REJECT_TOO_LONG, "reply longer than 64 KiB without its body");
	if (scan_kind(members[BODY].value) != SCAN_NULL) {
		reply->body = members[BODY].value;
		reply->body_key = members[BODY].key;
	}
	return LINE_REPLY;
}

/* The line is not JSON, or not an object. */
static enum line_kind not_an_object(struct kit_reply *reply)
{
	struct scan_error error;
	char detail[80];

	if (scan_check(reply->line, SCAN_REPAIR, &error))
		return bad(reply, REJECT_NO_TYPE, NULL);
	snprintf(detail, sizeof(detail), "%s at byte %zu", error.reason, error.at);
	return bad(reply, REJECT_NOT_JSON, detail);
}

enum line_kind reply_parse(struct kit_reply *reply, struct reply_keys *keys, struct span line)
{
	struct scan_member members[KEYS];
	struct scan_pick body = {&keys->body, reply->lists, .lists = keys->lists};
	struct scan_pick pick = {&keys->reply, members, &body, BODY};
	struct scan_error error;

	*reply = (struct kit_reply){.line = line};
	if (!scan_pick(line, SCAN_REPAIR, &pick, &error))
		return not_an_object(reply);
	if (scan_kind(members[TYPE].value) != SCAN_TEXT)
		return bad(reply, REJECT_NO_TYPE, NULL);
	if (!scan_text_is(members[TYPE].value, "reply"))
		return LINE_OTHER;
	return read_members(reply, members);
}

static bool space(char c)
{
	return c == ' ' || c == '\t' || c == '\r';
}

/* Find the line without the body and one of the commas beside it. */
static void cut_body(const struct kit_reply *reply, struct span *before, struct span *after)
{
	const char *begin = reply->line.data, *end = begin + reply->line.length;
	const char *from = reply->body_key, *to = reply->body.data + reply->body.length;

	while (space(from[-1]))
		from--;
	if (from[-1] == ',') {
		from--;
	} else {
		while (space(*to))
			to++;
		if (*to == ',')
			to++;
	}
	*before = (struct span){begin, (size_t)(from - begin)};
	*after = (struct span){to, (size_t)(end - to)};
}

/* Replace bytes that are not UTF-8 in what was added to `out` since it was `from` long. */
static void repair(struct buffer *out, size_t from)
{
	struct buffer repaired = {0};
	struct span text = {out->data + from, out->length - from};
	struct scan_error error;
	size_t written;

	char *room = buffer_reserve(&repaired, SCAN_COMPACT_MAX(text.length));
	if (!room || !scan_compact(text, SCAN_REPAIR, room, &written, &error)) {
		out->failed |= repaired.failed;
	} else {
		out->length = from;
		buffer_add(out, room, written);
	}
	buffer_release(&repaired);
}

void reply_put_rest(const struct kit_reply *reply, struct buffer *out)
{
	struct span before = reply->line, after = {0};
	struct scan_error error;
	size_t from = out->length;

	if (reply->body.data)
		cut_body(reply, &before, &after);
	buffer_add_span(out, before);
	buffer_add_span(out, after);
	if (out->failed)
		return;
	if (!scan_check((struct span){out->data + from, out->length - from}, SCAN_STRICT, &error))
		repair(out, from);
	buffer_add_char(out, '\n');
}

void reply_put_part(const struct kit_reply *reply, clock_us time, const char *list,
	struct span part, struct buffer *out)
{
	buffer_add_text(out, "{\"type\":\"reply\"");
	json_text(out, "kit_id", reply->origin.kit_id);
	json_raw(out, "endpoint", reply->endpoint);
	json_time(out, "time", time);
	json_raw(out, "clock_offset_s", reply->origin.offset);
	json_raw(out, "via", reply->via);
	buffer_add_text(out, ",\"body\":");
	if (list) {
		buffer_add_text(out, "{\"");
		buffer_add_text(out, list);
		buffer_add_text(out, "\":[");
	}
	buffer_add_span(out, part);
	buffer_add_text(out, list ? "]}}" : "}");
}
