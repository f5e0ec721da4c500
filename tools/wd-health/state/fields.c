/* A kit as one line of the state file. */
#include "tools/wd-health/state/fields.h"

#include "common/base/array.h"
#include "common/lines/json.h"
#include "common/scan/scan.h"

#include <stddef.h>

enum field_kind {
	BOOL,   /* bool; false is omitted */
	TIME,   /* clock_us; 0 is omitted */
	COUNT,  /* uint64_t; 0 is omitted */
	INDEX,  /* minute_number; 0 is omitted */
	NUMBER, /* double; 0 is omitted */
	TEXT,   /* char[size]; "" is omitted */
	ENUM,   /* an enum (an unsigned under gcc and clang), as its number; 0 is omitted */
};

struct state_field {
	const char *key;
	enum field_kind kind;
	size_t offset;
	size_t size; /* of a TEXT; of an ENUM the number of its values */
};

#define AT(member) offsetof(struct health_kit, member)
#define TALLY(name, member)                                                                        \
	{name "_requests", COUNT, AT(member.requests)}, {name "_ok", COUNT, AT(member.ok)},        \
	{                                                                                          \
		name "_failed", COUNT, AT(member.failed)                                           \
	}
#define MINUTE(name, member)                                                                       \
	TALLY(name, member.tally), {name "_heard", COUNT, AT(member.heard)},                       \
	{                                                                                          \
		name "_answered", COUNT, AT(member.answered)                                       \
	}
#define ENDPOINT(name, index)                                                                      \
	{name "_time", TIME, AT(watch.endpoints[index].time)},                                     \
		{name "_good", BOOL, AT(watch.endpoints[index].is_good)},                          \
		{name "_unusable", BOOL, AT(watch.endpoints[index].is_unusable)},                  \
	{                                                                                          \
		name "_polled", BOOL, AT(watch.endpoints[index].is_polled)                         \
	}

static const struct state_field fields[] = {
	{"kit_id", TEXT, AT(id), RECORD_ID_MAX + 1},
	{"poller", TEXT, AT(poller), EVENT_POLLER_SIZE},
	{"watched", BOOL, AT(watched)},
	{"is_mqtt", BOOL, AT(is_mqtt)},
	{"now", TIME, AT(timeline.now)},
	{"open_minute", INDEX, AT(timeline.open)},
	{"told_minute", INDEX, AT(timeline.told)},
	{"status_slot", TIME, AT(timeline.status)},
	{"state", ENUM, AT(watch.state), WATCH_STATES},
	{"since", TIME, AT(watch.since)},
	{"first", TIME, AT(watch.first)},
	{"last_seen", TIME, AT(watch.last_seen)},
	{"last_good", TIME, AT(watch.last_good)},
	{"latest", TIME, AT(watch.latest)},
	{"unreachable", BOOL, AT(watch.unreachable)},
	ENDPOINT("drones", ENDPOINT_DRONES),
	ENDPOINT("signals", ENDPOINT_SIGNALS),
	ENDPOINT("status", ENDPOINT_STATUS),
	{"config_time", TIME, AT(watch.endpoints[ENDPOINT_CONFIG].time)},
	{"reported_id", TEXT, AT(reported_id), RECORD_ID_MAX + 1},
	{"receivers", TEXT, AT(receivers), RECEIVERS_TEXT_SIZE},
	ENDPOINT("other", ENDPOINT_OTHER),
	TALLY("total", total),
	{"drones", COUNT, AT(drones)},
	{"signals", COUNT, AT(signals)},
	{"clock_offset_s", NUMBER, AT(clock_offset_s)},
	{"status_kit_time", TIME, AT(status.kit_time)},
	{"status_since", TIME, AT(status.since)},
	{"status_repeats", COUNT, AT(status.repeats)},
	{"status_still", BOOL, AT(status.is_stale)},
	{"error_time", TIME, AT(error_time)},
	{"error_endpoint", ENUM, AT(error_endpoint), WATCH_ENDPOINTS},
	{"error", TEXT, AT(error), EVENT_ERROR_SIZE},
	{"message", TEXT, AT(message), EVENT_MESSAGE_SIZE},
	{"outlook", ENUM, AT(outlook.now), COVERAGES},
	{"of_link", BOOL, AT(outlook.of_link)},
	{"expected", TIME, AT(outlook.expected)},
	MINUTE("open", open),
	MINUTE("past", past),
	{"past_minute", INDEX, AT(past_minute)},
};

/* After the fields: members with a form of their own. */
enum {
	KEY_TYPE = ARRAY_SIZE(fields),
	KEY_LAST_HOUR,
	KEY_LAST_DAY,
	KEYS
};

_Static_assert(KEYS <= SCAN_KEYS_MAX, "the scanner's limit");
static const char *names[KEYS];
static struct scan_keys keys;

void fields_open(void)
{
	for (size_t i = 0; i < ARRAY_SIZE(fields); i++)
		names[i] = fields[i].key;
	names[KEY_TYPE] = "type";
	names[KEY_LAST_HOUR] = "last_hour";
	names[KEY_LAST_DAY] = "last_day";
	scan_keys_init(&keys, names, KEYS);
}

static void put_count(struct buffer *out, const char *key, uint64_t count)
{
	if (count)
		json_integer(out, key, (int64_t)count);
}

static void put_field(
	struct buffer *out, const struct state_field *field, const struct health_kit *kit)
{
	const void *at = (const char *)kit + field->offset;

	switch (field->kind) {
	case BOOL:
		if (*(const bool *)at)
			json_bool(out, field->key, true);
		break;
	case TIME:
		if (*(const clock_us *)at)
			json_time(out, field->key, *(const clock_us *)at);
		break;
	case COUNT:
		put_count(out, field->key, *(const uint64_t *)at);
		break;
	case INDEX:
		put_count(out, field->key, (uint64_t) * (const minute_number *)at);
		break;
	case NUMBER:
		if (*(const double *)at != 0)
			json_number(out, field->key, *(const double *)at);
		break;
	case TEXT:
		if (*(const char *)at)
			json_text(out, field->key, span_of(at));
		break;
	case ENUM:
		put_count(out, field->key, *(const unsigned *)at);
		break;
	}
}

/* A count that a double holds exactly. */
static bool read_count(struct span value, uint64_t *count)
{
	double number;

	if (!scan_number(value, &number) || !(number >= 0 && number <= 9007199254740992.0))
		return false;
	*count = (uint64_t)number;
	return true;
}

/* The minutes of the year 9999 have ten digits. */
static bool read_minute(struct span value, minute_number *minute)
{
	uint64_t number;

	if (!read_count(value, &number) || number >= UINT64_C(10000000000))
		return false;
	*minute = (minute_number)number;
	return true;
}

static bool read_enum(struct span value, const struct state_field *field, void *at)
{
	uint64_t number;

	if (!read_count(value, &number) || number >= field->size)
		return false;
	*(unsigned *)at = (unsigned)number;
	return true;
}

/* False for a value that cannot be one of this field. */
static bool read_field(struct span value, const struct state_field *field, struct health_kit *kit)
{
	void *at = (char *)kit + field->offset;
	char time[CLOCK_TEXT_SIZE];

	switch (field->kind) {
	case BOOL:
		*(bool *)at = scan_kind(value) == SCAN_TRUE;
		return true;
	case TIME:
		scan_text(value, time, sizeof(time));
		return clock_parse(span_of(time), at);
	case COUNT:
		return read_count(value, at);
	case INDEX:
		return read_minute(value, at);
	case NUMBER:
		return scan_number(value, at);
	case TEXT:
		scan_text(value, at, field->size);
		return scan_kind(value) == SCAN_TEXT;
	case ENUM:
		return read_enum(value, field, at);
	}
	return false;
}

/* The stretches of the last hour as [number,ok,failed,number,…]. */
static void put_last_hour(struct buffer *out, const struct ledger *ledger)
{
	const char *join = "";

	buffer_add_text(out, ",\"last_hour\":[");
	for (size_t i = 0; i < LEDGER_STRETCHES; i++) {
		if (!ledger->stretches[i].number)
			continue;
		buffer_printf(out, "%s%lld,%u,%u", join, (long long)ledger->stretches[i].number,
			ledger->stretches[i].ok, ledger->stretches[i].failed);
		join = ",";
	}
	buffer_add_char(out, ']');
}

static bool read_stretch(struct span *rest, struct ledger *ledger, bool *more)
{
	uint64_t numbers[3];
	struct span item;

	for (size_t i = 0; i < ARRAY_SIZE(numbers); i++) {
		*more = scan_next(rest, &item);
		if (!*more)
			return i == 0;
		if (!read_count(item, &numbers[i]) || (i > 0 && numbers[i] > UINT32_MAX))
			return false;
	}
	size_t slot = (size_t)(numbers[0] % LEDGER_STRETCHES);
	ledger->stretches[slot].number = (minute_number)numbers[0];
	ledger->stretches[slot].ok = (uint32_t)numbers[1];
	ledger->stretches[slot].failed = (uint32_t)numbers[2];
	return true;
}

static bool read_last_hour(struct span array, struct ledger *ledger)
{
	struct span rest = scan_items(array);
	bool more = true;

	while (more) {
		if (!read_stretch(&rest, ledger, &more))
			return false;
	}
	return true;
}

static bool read_last_day(struct span value, struct ledger *ledger, minute_number newest)
{
	if (scan_kind(value) != SCAN_TEXT)
		return false;
	return ledger_parse(ledger, newest, (struct span){value.data + 1, value.length - 2});
}

void fields_format(struct buffer *out, const struct health_kit *kit)
{
	json_open(out, "kit_health");
	for (size_t i = 0; i < ARRAY_SIZE(fields); i++)
		put_field(out, &fields[i], kit);
	put_last_hour(out, &kit->ledger);
	buffer_add_text(out, ",\"last_day\":\"");
	ledger_format(&kit->ledger, timeline_newest(&kit->timeline), out);
	buffer_add_char(out, '"');
	json_close(out);
}

static bool read_fields(const struct scan_member *members, struct health_kit *kit)
{
	for (size_t i = 0; i < ARRAY_SIZE(fields); i++) {
		if (members[i].value.data && !read_field(members[i].value, &fields[i], kit))
			return false;
	}
	return true;
}

/* Complete a kit of version 1, whose file had one timeline and other names for two members. */
static void read_version_1(const struct timeline *before, struct health_kit *kit)
{
	kit->timeline = *before;
	if (kit->watch.latest)
		return;
	for (size_t i = 0; i < WATCH_ENDPOINTS; i++) {
		if (kit->watch.endpoints[i].time > kit->watch.latest)
			kit->watch.latest = kit->watch.endpoints[i].time;
	}
	kit->watch.unreachable = kit->watch.state == WATCH_OFFLINE;
}

bool fields_parse(struct span line, const struct timeline *before, struct health_kit *kit)
{
	struct scan_member members[KEYS];
	struct scan_error error;

	*kit = (struct health_kit){0};
	if (!scan_object(line, &keys, members, &error) ||
		!scan_text_is(members[KEY_TYPE].value, "kit_health") ||
		!read_fields(members, kit) || !kit->id[0])
		return false;
	if (!kit->timeline.now)
		read_version_1(before, kit);
	return read_last_hour(members[KEY_LAST_HOUR].value, &kit->ledger) &&
	       read_last_day(
		       members[KEY_LAST_DAY].value, &kit->ledger, timeline_newest(&kit->timeline));
}
