/* A kit as one line of the state file, and back. */
#include "tools/wd-health/fields.h"

#include "common/array.h"
#include "common/json.h"
#include "common/scan/scan.h"

#include <stddef.h>

enum kind {
	BOOL,   /* bool; false is left out */
	TIME,   /* clock_us; 0 is left out */
	COUNT,  /* uint64_t; 0 is left out */
	NUMBER, /* double; 0 is left out */
	TEXT,   /* char[size]; "" is left out */
	ENUM,   /* an enum (an unsigned under gcc and clang), as its number; 0 is left out */
};

struct field {
	const char *key;
	enum kind kind;
	size_t offset;
	size_t size; /* of a TEXT; of an ENUM how many values it has */
};

#define AT(member) offsetof(struct kit, member)
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
	{                                                                                          \
		name "_good", BOOL, AT(watch.endpoints[index].good)                                \
	}

static const struct field fields[] = {
	{"kit_id", TEXT, AT(id), RECORD_ID_MAX + 1},
	{"watched", BOOL, AT(watched)},
	{"state", ENUM, AT(watch.state), WATCH_STATES},
	{"since", TIME, AT(watch.since)},
	{"first", TIME, AT(watch.first)},
	{"last_seen", TIME, AT(watch.last_seen)},
	{"last_good", TIME, AT(watch.last_good)},
	{"judged", TIME, AT(watch.judged)},
	{"out_of_reach", BOOL, AT(watch.out_of_reach)},
	ENDPOINT("drones", WATCH_DRONES),
	ENDPOINT("signals", WATCH_SIGNALS),
	ENDPOINT("status", WATCH_STATUS),
	ENDPOINT("other", WATCH_OTHER),
	TALLY("total", total),
	{"clock_offset_s", NUMBER, AT(clock_offset_s)},
	{"status_kit_time", TIME, AT(standstill.kit_time)},
	{"status_since", TIME, AT(standstill.since)},
	{"status_repeats", COUNT, AT(standstill.repeats)},
	{"status_still", BOOL, AT(standstill.still)},
	{"error_time", TIME, AT(error_time)},
	{"error_endpoint", ENUM, AT(error_endpoint), WATCH_ENDPOINTS},
	{"error", TEXT, AT(error), NOTICE_ERROR_SIZE},
	{"message", TEXT, AT(message), NOTICE_MESSAGE_SIZE},
	{"outlook", ENUM, AT(outlook.now), COVERAGES},
	{"of_link", BOOL, AT(outlook.of_link)},
	{"expected", TIME, AT(outlook.expected)},
	MINUTE("open", open),
	MINUTE("past", past),
	{"past_minute", COUNT, AT(past_minute)},
};

/* Behind the fields: what has a form of its own. */
enum {
	KEY_TYPE = ARRAY_SIZE(fields),
	KEY_LAST_HOUR,
	KEY_LAST_DAY,
	KEYS
};

_Static_assert(KEYS <= SCAN_KEYS_MAX, "the scanner's limit");
/* past_minute is read and written as a COUNT; it is never negative. */
_Static_assert(sizeof(minute_number) == sizeof(uint64_t), "past_minute");

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

static void put_field(struct buffer *out, const struct field *field, const struct kit *kit)
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

static bool read_enum(struct span value, const struct field *field, void *at)
{
	uint64_t number;

	if (!read_count(value, &number) || number >= field->size)
		return false;
	*(unsigned *)at = (unsigned)number;
	return true;
}

/* False for a value that cannot be one of this field. */
static bool read_field(struct span value, const struct field *field, struct kit *kit)
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

void fields_format(struct buffer *out, const struct kit *kit, minute_number newest)
{
	json_open(out, "kit_health");
	for (size_t i = 0; i < ARRAY_SIZE(fields); i++)
		put_field(out, &fields[i], kit);
	put_last_hour(out, &kit->ledger);
	buffer_add_text(out, ",\"last_day\":\"");
	ledger_format(&kit->ledger, newest, out);
	buffer_add_char(out, '"');
	json_close(out);
}

static bool read_fields(const struct scan_member *members, struct kit *kit)
{
	for (size_t i = 0; i < ARRAY_SIZE(fields); i++) {
		if (members[i].value.data && !read_field(members[i].value, &fields[i], kit))
			return false;
	}
	return true;
}

bool fields_parse(struct span line, minute_number newest, struct kit *kit)
{
	struct scan_member members[KEYS];
	struct scan_error error;

	*kit = (struct kit){0};
	return scan_object(line, &keys, members, &error) &&
	       scan_text_is(members[KEY_TYPE].value, "kit_health") && read_fields(members, kit) &&
	       kit->id[0] && read_last_hour(members[KEY_LAST_HOUR].value, &kit->ledger) &&
	       read_last_day(members[KEY_LAST_DAY].value, &kit->ledger, newest);
}
