/* What a line tells wd-health, where it tells anything. */
#include "tools/wd-health/notice.h"

#include "common/array.h"
#include "common/scan/scan.h"

enum key {
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
	KEY_KIT_UPDATED_EPOCH,
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
	[KEY_KIT_UPDATED_EPOCH] = "kit_updated_epoch",
	[KEY_BODY] = "body",
	[KEY_MARK] = "mark",
	[KEY_SAVE] = "save",
};

static const char *const body_key_names[] = {"last_update_time"};

static const char *const endpoint_names[WATCH_ENDPOINTS] = {
	[WATCH_DRONES] = "drones",
	[WATCH_SIGNALS] = "signals",
	[WATCH_STATUS] = "status",
	[WATCH_OTHER] = "",
};

static struct scan_keys keys, body_keys;

void notice_open(void)
{
	scan_keys_init(&keys, key_names, KEYS);
	scan_keys_init(&body_keys, body_key_names, ARRAY_SIZE(body_key_names));
}

const char *notice_endpoint_name(enum watch_endpoint endpoint)
{
	return endpoint_names[endpoint];
}

static enum notice_kind kind_of(const char *type, size_t length)
{
	static const struct {
		const char *type;
		enum notice_kind kind;
	} kinds[] = {
		{"kit", NOTICE_KIT},
		{"reply", NOTICE_REPLY},
		{"system_health", NOTICE_STATUS},
		{"tick", NOTICE_TICK},
		{"mark", NOTICE_MARK},
	};

	for (size_t i = 0; i < ARRAY_SIZE(kinds); i++) {
		if (span_equals((struct span){type, length}, kinds[i].type))
			return kinds[i].kind;
	}
	return NOTICE_NOTHING;
}

/* Whether the line's first bytes say that it is of a type which does not concern us. */
static bool begins_as_foreign(struct span line)
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
	return kind_of(type, (size_t)(quote - type)) == NOTICE_NOTHING;
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

static enum watch_endpoint read_endpoint(struct span value)
{
	size_t i = 0;

	while (i < WATCH_OTHER && !scan_text_is(value, endpoint_names[i]))
		i++;
	return (enum watch_endpoint)i;
}

static void read_kit_time(struct span body, clock_us *time)
{
	struct scan_member member;
	struct scan_error error;

	if (scan_kind(body) == SCAN_OBJECT && scan_object(body, &body_keys, &member, &error))
		read_time(member.value, time);
}

static void read_reply(const struct scan_member *members, struct notice *notice)
{
	if (!read_time(members[KEY_TIME].value, &notice->time)) {
		notice->kind = NOTICE_BROKEN;
		return;
	}
	scan_text(members[KEY_ERROR].value, notice->error, sizeof(notice->error));
	scan_text(members[KEY_MESSAGE].value, notice->message, sizeof(notice->message));
	notice->endpoint = read_endpoint(members[KEY_ENDPOINT].value);
	notice->outcome =
		watch_outcome_of(scan_kind(members[KEY_OK].value) == SCAN_TRUE, notice->error);
	notice->clock_offset_s = read_number(members[KEY_CLOCK_OFFSET_S].value);
	notice->retry_in_s = read_number(members[KEY_RETRY_IN_S].value);
	if (notice->endpoint == WATCH_STATUS)
		read_kit_time(members[KEY_BODY].value, &notice->kit_time);
}

/* The kit's own clock as it was, before any correction, where the record has it. */
static void read_status(const struct scan_member *members, struct notice *notice)
{
	if (!read_time(members[KEY_KIT_UPDATED_EPOCH].value, &notice->kit_time))
		read_time(members[KEY_TIME].value, &notice->kit_time);
}

/* Return whether `mark` is NONCE.COUNTER (wd-record(5)), which is safe as the name of a folder. */
static bool is_mark(const char *mark)
{
	enum {
		NONCE_DIGITS = 16
	};
	size_t nonce = strspn(mark, "0123456789abcdef");

	if (nonce != NONCE_DIGITS || mark[nonce] != '.')
		return false;
	const char *counter = mark + nonce + 1;
	return *counter && counter[strspn(counter, "0123456789")] == '\0';
}

/* A mark that does not ask for a checkpoint, or does not have the form that is safe as a folder's
 * name, is only passed on. */
static void read_mark(const struct scan_member *members, struct notice *notice)
{
	size_t length = scan_text(members[KEY_MARK].value, notice->mark, sizeof(notice->mark));
	bool whole = members[KEY_MARK].value.length == length + 2;

	if (scan_kind(members[KEY_SAVE].value) != SCAN_TRUE || !whole || !is_mark(notice->mark))
		notice->kind = NOTICE_NOTHING;
}

void notice_read(struct span line, struct notice *notice)
{
	struct scan_member members[KEYS];
	struct scan_error error;
	char type[32];

	notice->kind = NOTICE_NOTHING;
	if (begins_as_foreign(line))
		return;
	*notice = (struct notice){.kind = NOTICE_BROKEN};
	if (!scan_object(line, &keys, members, &error))
		return;
	notice->kind = kind_of(type, scan_text(members[KEY_TYPE].value, type, sizeof(type)));
	if (notice->kind == NOTICE_NOTHING)
		return;
	if (notice->kind == NOTICE_MARK) {
		read_mark(members, notice);
		return;
	}
	if (notice->kind == NOTICE_TICK) {
		if (!read_time(members[KEY_TIME].value, &notice->time))
			notice->kind = NOTICE_BROKEN;
		return;
	}
	if (!scan_text(members[KEY_KIT_ID].value, notice->kit_id, sizeof(notice->kit_id))) {
		notice->kind = NOTICE_BROKEN;
		return;
	}
	notice->enabled = scan_kind(members[KEY_ENABLED].value) != SCAN_FALSE;
	if (notice->kind == NOTICE_REPLY)
		read_reply(members, notice);
	else if (notice->kind == NOTICE_STATUS)
		read_status(members, notice);
}
