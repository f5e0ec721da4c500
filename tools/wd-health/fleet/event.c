/* A line, as far as it concerns wd-health. */
#include "tools/wd-health/fleet/event.h"

#include "common/base/array.h"
#include "common/scan/scan.h"

enum event_key {
	KEY_TYPE,
	KEY_KIT_ID,
	KEY_ENABLED,
	KEY_ENDPOINT,
	KEY_TIME,
	KEY_OK,
	KEY_ERROR,
	KEY_MESSAGE,
	KEY_CLOCK_OFFSET_S,
	KEY_RETRY_IN_S,
	KEY_POLLER,
	KEY_VIA,
	KEY_KIT_UPDATED_EPOCH,
	KEY_RECEIVERS,
	KEY_REPORTED_ID,
	KEY_BODY,
	KEY_MARK,
	KEY_SAVE,
	KEYS
};

static const char *const key_names[KEYS] = {
	[KEY_TYPE] = "type",
	[KEY_KIT_ID] = "kit_id",
	[KEY_ENABLED] = "enabled",
	[KEY_ENDPOINT] = "endpoint",
	[KEY_TIME] = "time",
	[KEY_OK] = "ok",
	[KEY_ERROR] = "error",
	[KEY_MESSAGE] = "message",
	[KEY_CLOCK_OFFSET_S] = "clock_offset_s",
	[KEY_RETRY_IN_S] = "retry_in_s",
	[KEY_POLLER] = "poller",
	[KEY_VIA] = "via",
	[KEY_KIT_UPDATED_EPOCH] = "kit_updated_epoch",
	[KEY_RECEIVERS] = "receivers",
	[KEY_REPORTED_ID] = "reported_id",
	[KEY_BODY] = "body",
	[KEY_MARK] = "mark",
	[KEY_SAVE] = "save",
};

static const char *const body_key_names[] = {"last_update_time"};

static struct scan_keys keys, body_keys;

void event_open(void)
{
	scan_keys_init(&keys, key_names, KEYS);
	scan_keys_init(&body_keys, body_key_names, ARRAY_SIZE(body_key_names));
}

const char *event_endpoint_name(enum endpoint endpoint)
{
	return endpoint == ENDPOINT_OTHER ? "" : endpoint_name(endpoint);
}

static enum event_kind kind_of(const char *type, size_t length)
{
	static const struct {
		const char *type;
		enum event_kind kind;
	} kinds[] = {
		{"kit", EVENT_KIT},
		{"reply", EVENT_REPLY},
		{"system_health", EVENT_STATUS},
		{"drone", EVENT_DRONE},
		{"signal", EVENT_SIGNAL},
		{"reject", EVENT_REJECT},
		{"tick", EVENT_TICK},
		{"mark", EVENT_MARK},
	};

	for (size_t i = 0; i < ARRAY_SIZE(kinds); i++) {
		if (span_equals((struct span){type, length}, kinds[i].type))
			return kinds[i].kind;
	}
	return EVENT_NONE;
}

static bool is_only_counted(enum event_kind kind)
{
	return kind == EVENT_NONE || kind == EVENT_DRONE || kind == EVENT_SIGNAL ||
	       kind == EVENT_REJECT;
}

/* Return whether the line's first bytes show a type of which nothing else is read, and which. */
static bool begins_as_record(struct span line, enum event_kind *kind)
{
	static const struct span opening = {"{\"type\":\"", 9};
	enum {
		LONGEST_TYPE = 32
	};

	if (line.length <= opening.length || memcmp(line.data, opening.data, opening.length) != 0)
		return false;
	const char *type = line.data + opening.length;
	size_t room = line.length - opening.length;
	const char *quote = memchr(type, '"', room < LONGEST_TYPE ? room : LONGEST_TYPE);
	if (!quote || memchr(type, '\\', (size_t)(quote - type)))
		return false;
	*kind = kind_of(type, (size_t)(quote - type));
	return is_only_counted(*kind);
}

/* A time after 1970, as RFC 3339 text or as seconds. */
static bool read_time(struct span value, clock_us *time)
{
	char text[64];
	double seconds;
	bool there;

	if (scan_number(value, &seconds))
		there = clock_from_epoch(seconds, time);
	else
		there = clock_parse(
			(struct span){text, scan_text(value, text, sizeof(text))}, time);
	if (there && *time > 0)
		return true;
	*time = 0;
	return false;
}

static double read_number(struct span value)
{
	double number;

	return scan_number(value, &number) ? number : 0;
}

static enum endpoint read_endpoint(struct span value)
{
	char name[32];

	return endpoint_parse((struct span){name, scan_text(value, name, sizeof(name))});
}

static void read_kit_time(struct span body, clock_us *time)
{
	struct scan_member member;
	struct scan_error error;

	if (scan_kind(body) == SCAN_OBJECT && scan_object(body, &body_keys, &member, &error))
		read_time(member.value, time);
}

static void read_reply(const struct scan_member *members, struct health_event *event)
{
	if (!read_time(members[KEY_TIME].value, &event->time)) {
		event->kind = EVENT_MALFORMED;
		return;
	}
	scan_text(members[KEY_ERROR].value, event->error, sizeof(event->error));
	scan_text(members[KEY_MESSAGE].value, event->message, sizeof(event->message));
	event->reply = (struct watch_reply){
		.endpoint = read_endpoint(members[KEY_ENDPOINT].value),
		.outcome =
			watch_outcome(scan_kind(members[KEY_OK].value) == SCAN_TRUE, event->error),
		.time = event->time,
		.is_mqtt = scan_text_is(members[KEY_VIA].value, "mqtt"),
	};
	scan_text(members[KEY_REPORTED_ID].value, event->reported_id, sizeof(event->reported_id));
	receivers_read(members[KEY_RECEIVERS].value, event->receivers);
	event->clock_offset_s = read_number(members[KEY_CLOCK_OFFSET_S].value);
	event->retry_in_s = read_number(members[KEY_RETRY_IN_S].value);
	event->is_normalized = scan_kind(members[KEY_BODY].value) == SCAN_NULL;
	if (event->reply.endpoint == ENDPOINT_STATUS)
		read_kit_time(members[KEY_BODY].value, &event->kit_time);
}

/* Read the time by the kit's own clock, before any correction, if the record has it. */
static void read_status(const struct scan_member *members, struct health_event *event)
{
	if (!read_time(members[KEY_KIT_UPDATED_EPOCH].value, &event->kit_time))
		read_time(members[KEY_TIME].value, &event->kit_time);
}

/* A mark that does not ask for a checkpoint, or does not have the form that is safe as a folder's
 * name, is only passed on. */
static void read_mark(const struct scan_member *members, struct health_event *event)
{
	size_t length = scan_text(members[KEY_MARK].value, event->mark, sizeof(event->mark));
	bool whole = members[KEY_MARK].value.length == length + 2;

	if (scan_kind(members[KEY_SAVE].value) != SCAN_TRUE || !whole ||
		!checkpoint_mark_is_valid(event->mark))
		event->kind = EVENT_NONE;
}

static void read_kit(const struct scan_member *members, struct health_event *event)
{
	if (!scan_text(members[KEY_KIT_ID].value, event->kit_id, sizeof(event->kit_id))) {
		event->kind = EVENT_MALFORMED;
		return;
	}
	event->enabled = scan_kind(members[KEY_ENABLED].value) != SCAN_FALSE;
	if (event->kind == EVENT_REPLY)
		read_reply(members, event);
	else if (event->kind == EVENT_STATUS)
		read_status(members, event);
}

void event_read(struct span line, struct health_event *event)
{
	struct scan_member members[KEYS];
	struct scan_error error;
	char type[32];

	event->kind = EVENT_NONE;
	if (begins_as_record(line, &event->kind))
		return;
	*event = (struct health_event){.kind = EVENT_MALFORMED};
	if (!scan_object(line, &keys, members, &error))
		return;
	event->kind = kind_of(type, scan_text(members[KEY_TYPE].value, type, sizeof(type)));
	scan_text(members[KEY_POLLER].value, event->poller, sizeof(event->poller));
	if (event->kind == EVENT_MARK)
		read_mark(members, event);
	else if (event->kind == EVENT_TICK && !read_time(members[KEY_TIME].value, &event->time))
		event->kind = EVENT_MALFORMED;
	else if (!is_only_counted(event->kind) && event->kind != EVENT_TICK)
		read_kit(members, event);
}
