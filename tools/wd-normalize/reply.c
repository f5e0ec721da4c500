/* A line, taken apart. */
#include "tools/wd-normalize/reply.h"

#include "common/array.h"
#include "common/json.h"

#include <stdio.h>

enum key {
	TYPE,
	KIT_ID,
	ENDPOINT,
	TIME,
	OFFSET,
	BODY,
	KEYS,
};

static const char *const names[KEYS] = {
	"type", "kit_id", "endpoint", "time", "clock_offset_s", "body"};

const char *const reply_endpoints[ENDPOINTS] = {"drones", "signals", "status"};

void reply_keys_init(struct reply_keys *keys)
{
	scan_keys_init(&keys->reply, names, ARRAY_SIZE(names));
	scan_keys_init(&keys->body, reply_endpoints, ENDPOINTS);
}

static enum line_kind bad(struct reply *reply, const char *reason)
{
	snprintf(reply->reason, sizeof(reply->reason), "%s", reason);
	return LINE_BAD;
}

static bool take_time(struct reply *reply, struct span value)
{
	char text[CLOCK_TEXT_SIZE + 8];

	size_t length = scan_text(value, text, sizeof(text));
	return clock_parse((struct span){text, length}, &reply->origin.time);
}

static enum line_kind take_apart(struct reply *reply, const struct scan_member *members)
{
	struct origin *origin = &reply->origin;
	size_t length = scan_text(members[KIT_ID].value, reply->kit_id, sizeof(reply->kit_id));

	if (length > 0)
		origin->kit_id = (struct span){reply->kit_id, length};
	if (!take_time(reply, members[TIME].value))
		return bad(reply, "no_time: a reply without a time");
	if (length == 0)
		return bad(reply, "no_kit: a reply without a kit_id");
	if (scan_number(members[OFFSET].value, &origin->offset_s))
		origin->offset = members[OFFSET].value;
	else
		origin->offset_s = 0;
	reply->endpoint = members[ENDPOINT].value;
	if (reply->line.length - members[BODY].value.length > REPLY_REST_MAX)
		return bad(reply, "too_long: a reply of more than 64 KiB beside its body");
	if (scan_kind(members[BODY].value) != SCAN_NULL) {
		reply->body = members[BODY].value;
		reply->body_key = members[BODY].key;
	}
	return LINE_REPLY;
}

/* Why a line could not be read as an object: it is no JSON, or another kind of it. */
static enum line_kind no_object(struct reply *reply)
{
	struct scan_error error;

	if (scan_check(reply->line, SCAN_REPAIR, &error))
		return bad(reply, "no_type: not an object with a type");
	snprintf(reply->reason, sizeof(reply->reason), "not_json: %s at byte %zu", error.reason,
		error.at);
	return LINE_BAD;
}

enum line_kind reply_parse(struct reply *reply, const struct reply_keys *keys, struct span line)
{
	struct scan_member members[KEYS];
	struct scan_pick body = {&keys->body, reply->lists};
	struct scan_pick pick = {&keys->reply, members, &body, BODY};
	struct scan_error error;

	*reply = (struct reply){.line = line};
	if (!scan_pick(line, SCAN_REPAIR, &pick, &error))
		return no_object(reply);
	if (scan_kind(members[TYPE].value) != SCAN_TEXT)
		return bad(reply, "no_type: not an object with a type");
	if (!scan_text_is(members[TYPE].value, "reply"))
		return LINE_OTHER;
	return take_apart(reply, members);
}

static bool space(char c)
{
	return c == ' ' || c == '\t' || c == '\r';
}

/* The line without the body and one of the commas beside it. */
static void cut_body(const struct reply *reply, struct span *before, struct span *after)
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

/* What was added to `out` since it was `from` long holds bytes that are no UTF-8: mend them. */
static void mend(struct buffer *out, size_t from)
{
	struct buffer mended = {0};
	struct span text = {out->data + from, out->length - from};
	struct scan_error error;
	size_t written;

	char *room = buffer_reserve(&mended, SCAN_COMPACT_MAX(text.length));
	if (!room || !scan_compact(text, SCAN_REPAIR, room, &written, &error)) {
		out->failed |= mended.failed;
	} else {
		out->length = from;
		buffer_add(out, room, written);
	}
	buffer_release(&mended);
}

void reply_put_rest(const struct reply *reply, struct buffer *out)
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
		mend(out, from);
	buffer_add_char(out, '\n');
}

void reply_put_part(const struct reply *reply, clock_us time, const char *list, struct span part,
	struct buffer *out)
{
	buffer_add_text(out, "{\"type\":\"reply\"");
	json_text(out, "kit_id", reply->origin.kit_id);
	json_raw(out, "endpoint", reply->endpoint);
	json_time(out, "time", time);
	json_raw(out, "clock_offset_s", reply->origin.offset);
	buffer_add_text(out, ",\"body\":");
	if (list) {
		buffer_add_text(out, "{\"");
		buffer_add_text(out, list);
		buffer_add_text(out, "\":[");
	}
	buffer_add_span(out, part);
	buffer_add_text(out, list ? "]}}" : "}");
}
