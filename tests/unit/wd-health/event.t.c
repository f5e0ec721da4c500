/* Lines as events, and thresholds of checks. */
#include "tools/wd-health/fleet/event.h"
#include "common/base/array.h"
#include "tests/unit/tap.h"
#include "tools/wd-health/query/range.h"

#define TIME "\"time\":\"2026-11-23T10:00:00Z\""

static const struct {
	const char *line;
	enum event_kind kind;
} kinds[] = {
	{"{\"type\":\"drone\",\"kit_id\":\"a\"}", EVENT_DRONE},
	{"{\"type\":\"drone\"", EVENT_DRONE}, /* left to the programs that use drones */
	{"{\"type\":\"drone\",\"type\":\"kit\",\"kit_id\":\"a\"}", EVENT_DRONE},
	{"{ \"type\" : \"signal\"}", EVENT_SIGNAL},
	{"{\"type\":\"reject\",\"stage\":\"wd-normalize\"}", EVENT_REJECT},
	{"{\"type\":\"kit_status\",\"kit_id\":\"a\"}", EVENT_NONE},
	{"{\"type\":\"tick\"," TIME "}", EVENT_TICK},
	{"{\"type\":\"tick\"}", EVENT_MALFORMED},
	{"{\"type\":\"mark\",\"mark\":\"0123456789abcdef.1\",\"save\":true}", EVENT_MARK},
	{"{\"type\":\"mark\",\"mark\":\"0123456789abcdef.1\",\"save\":false}", EVENT_NONE},
	{"{\"type\":\"mark\",\"mark\":\"0123456789abcdef/1\",\"save\":true}", EVENT_NONE},
	{"{\"type\":\"\",\"kit_id\":\"a\"}", EVENT_NONE},
	{"{\"type\":1,\"kit_id\":\"a\"}", EVENT_NONE},
	{"{\"kit_id\":\"a\"}", EVENT_NONE},
	{"{ \"type\": \"a type with a name that is longer than all of ours\"}", EVENT_NONE},
	{"{\"type\":\"kit_with_a_longer_name_than_any_type_of_ours\"}", EVENT_NONE},
	{"{\"type\":\"kit\",\"kit_id\":\"a\"}", EVENT_KIT},
	{"{\"type\":\"k\\u0069t\",\"kit_id\":\"a\"}", EVENT_KIT},
	{"{\"kit_id\":\"a\",\"type\":\"kit\"}", EVENT_KIT},
	{" { \"type\" : \"kit\" , \"kit_id\" : \"a\" } \r", EVENT_KIT},
	{"{\"type\":\"kit\",\"kit_id\":\"\"}", EVENT_MALFORMED},
	{"{\"type\":\"kit\"}", EVENT_MALFORMED},
	{"{\"type\":\"kit\",\"kit_id\":7}", EVENT_MALFORMED},
	{"{\"type\":\"kit\",\"kit_id\":\"a\"} {}", EVENT_MALFORMED},
	{"{\"type\":\"kit\",\"kit_id\":\"a\"", EVENT_MALFORMED},
	{"{\"type\":\"kit\",\"kit_id\":\"\xff\"}", EVENT_MALFORMED},
	{"[]", EVENT_MALFORMED},
	{"{\"type\":\"", EVENT_MALFORMED},
	{"{\"type\":\"reply\",\"kit_id\":\"a\"," TIME "}", EVENT_REPLY},
	{"{\"type\":\"reply\",\"kit_id\":\"a\"}", EVENT_MALFORMED},
	{"{\"type\":\"reply\",\"kit_id\":\"a\",\"time\":\"yesterday\"}", EVENT_MALFORMED},
	{"{\"type\":\"reply\",\"kit_id\":\"a\",\"time\":\"1969-12-31T23:59:59Z\"}",
		EVENT_MALFORMED},
	{"{\"type\":\"reply\",\"kit_id\":\"a\",\"time\":1e300}", EVENT_MALFORMED},
	{"{\"type\":\"system_health\",\"kit_id\":\"a\"," TIME "}", EVENT_STATUS},
};

static struct health_event read_line(const char *line)
{
	struct health_event event;

	event_read(span_of(line), &event);
	return event;
}

static void lines(void)
{
	for (size_t i = 0; i < ARRAY_SIZE(kinds); i++)
		is_number(read_line(kinds[i].line).kind, kinds[i].kind, kinds[i].line);
}

static void replies(void)
{
	struct health_event n =
		read_line("{\"type\":\"reply\",\"kit_id\":\"\\u0041\",\"endpoint\":"
			  "\"status\"," TIME ",\"ok\":true,\"clock_offset_s\":-7.5,\"body\":"
			  "{\"last_update_time\":1795456774.5}}");

	is_text(n.kit_id, "A", "the kit's id is decoded");
	ok(n.reply.endpoint == ENDPOINT_STATUS && n.reply.outcome == OUTCOME_GOOD, "a good status");
	is_number(n.clock_offset_s, -7.5, "the clock's offset");
	is_number((double)n.time, 1795428000e6, "the time");
	is_number((double)n.kit_time, 1795456774.5e6, "the kit's own time");
	n = read_line(
		"{\"type\":\"reply\",\"kit_id\":\"a\",\"endpoint\":\"drones\"," TIME
		",\"ok\":false,\"error\":\"rate_limited\",\"message\":\"m\",\"retry_in_s\":60,"
		"\"body\":{\"last_update_time\":1}}");
	ok(n.reply.endpoint == ENDPOINT_DRONES && n.reply.outcome == OUTCOME_NEUTRAL, "not now");
	is_number(n.retry_in_s, 60, "when to ask again");
	is_number((double)n.kit_time, 0, "only a status has the kit's time");
	n = read_line("{\"type\":\"reply\",\"kit_id\":\"a\",\"endpoint\":\"new\"," TIME
		      ",\"ok\":\"true\",\"retry_in_s\":\"soon\"}");
	ok(n.reply.endpoint == ENDPOINT_OTHER && n.reply.outcome == OUTCOME_UNUSABLE,
		"another endpoint, not ok");
	is_number(n.retry_in_s, 0, "no number");
	ok(n.is_normalized && !n.reply.is_mqtt, "a reply without its body, by HTTP");
	n = read_line("{\"type\":\"reply\",\"kit_id\":\"a\",\"endpoint\":\"drones\"," TIME
		      ",\"ok\":true,\"via\":\"mqtt\",\"poller\":\"p\",\"body\":[]}");
	ok(!n.is_normalized && n.reply.is_mqtt, "a reply with its body, by MQTT");
	is_text(n.poller, "p", "the poller");
}

static void statuses(void)
{
	struct health_event n = read_line("{\"type\":\"system_health\"," TIME
					  ",\"kit_id\":\"a\",\"kit_updated_epoch\":1795456774}");

	is_number((double)n.kit_time, 1795456774e6, "the kit's own time, uncorrected");
	n = read_line("{\"type\":\"system_health\"," TIME ",\"kit_id\":\"a\"}");
	is_number((double)n.kit_time, 1795428000e6, "or the record's");
}

static void long_texts(void)
{
	char line[1024], text[512];

	memset(text, 'x', sizeof(text) - 1);
	text[sizeof(text) - 1] = '\0';
	snprintf(line, sizeof(line), "{\"type\":\"kit\",\"kit_id\":\"%s\"}", text);
	is_number(
		(double)strlen(read_line(line).kit_id), RECORD_ID_MAX, "an id is cut to its limit");
}

static const struct {
	const char *text;
	double quiet, loud; /* a value that does not alarm, one that does */
} ranges[] = {
	{"10", 10, 10.5},
	{"10", 0, -1},
	{"10:", 10, 9},
	{"~:10", -100, 11},
	{"10:20", 15, 21},
	{"@10:20", 9, 10},
	{"@10", 11, 0},
	{"0", 0, 1},
	{"-5:5", -5, -6},
	{"2.5", 2.5, 2.6},
};

static void thresholds(void)
{
	static const char *const wrong[] = {
		"", "x", "1x", "20:10", "1:x", "-1", "@", "~", "1:2:3", " 1", "nan", "inf", "0x10"};
	struct range range;

	for (size_t i = 0; i < ARRAY_SIZE(ranges); i++)
		ok(range_parse(ranges[i].text, &range) && !range_alarms(&range, ranges[i].quiet) &&
				range_alarms(&range, ranges[i].loud),
			ranges[i].text);
	for (size_t i = 0; i < ARRAY_SIZE(wrong); i++)
		ok(!range_parse(wrong[i], &range), wrong[i]);
}

int main(void)
{
	event_open();
	lines();
	replies();
	statuses();
	long_texts();
	thresholds();
	return tap_done();
}
