/* What a line tells wd-health, and thresholds of checks. */
#include "tools/wd-health/notice.h"
#include "common/array.h"
#include "tests/unit/tap.h"
#include "tools/wd-health/range.h"

#define TIME "\"time\":\"2026-11-23T10:00:00Z\""

static const struct {
	const char *line;
	enum notice_kind kind;
} kinds[] = {
	{"{\"type\":\"drone\",\"kit_id\":\"a\"}", NOTICE_NOTHING},
	{"{\"type\":\"drone\"", NOTICE_NOTHING}, /* left to those who use drones */
	{"{\"type\":\"drone\",\"type\":\"kit\",\"kit_id\":\"a\"}", NOTICE_NOTHING},
	{"{\"type\":\"\",\"kit_id\":\"a\"}", NOTICE_NOTHING},
	{"{\"type\":1,\"kit_id\":\"a\"}", NOTICE_NOTHING},
	{"{\"kit_id\":\"a\"}", NOTICE_NOTHING},
	{"{ \"type\": \"a type with a name that is longer than all of ours\"}", NOTICE_NOTHING},
	{"{\"type\":\"kit_with_a_longer_name_than_any_type_of_ours\"}", NOTICE_NOTHING},
	{"{\"type\":\"kit\",\"kit_id\":\"a\"}", NOTICE_KIT},
	{"{\"type\":\"k\\u0069t\",\"kit_id\":\"a\"}", NOTICE_KIT},
	{"{\"kit_id\":\"a\",\"type\":\"kit\"}", NOTICE_KIT},
	{" { \"type\" : \"kit\" , \"kit_id\" : \"a\" } \r", NOTICE_KIT},
	{"{\"type\":\"kit\",\"kit_id\":\"\"}", NOTICE_BROKEN},
	{"{\"type\":\"kit\"}", NOTICE_BROKEN},
	{"{\"type\":\"kit\",\"kit_id\":7}", NOTICE_BROKEN},
	{"{\"type\":\"kit\",\"kit_id\":\"a\"} {}", NOTICE_BROKEN},
	{"{\"type\":\"kit\",\"kit_id\":\"a\"", NOTICE_BROKEN},
	{"{\"type\":\"kit\",\"kit_id\":\"\xff\"}", NOTICE_BROKEN},
	{"[]", NOTICE_BROKEN},
	{"{\"type\":\"", NOTICE_BROKEN},
	{"{\"type\":\"reply\",\"kit_id\":\"a\"," TIME "}", NOTICE_REPLY},
	{"{\"type\":\"reply\",\"kit_id\":\"a\"}", NOTICE_BROKEN},
	{"{\"type\":\"reply\",\"kit_id\":\"a\",\"time\":\"yesterday\"}", NOTICE_BROKEN},
	{"{\"type\":\"reply\",\"kit_id\":\"a\",\"time\":\"1969-12-31T23:59:59Z\"}", NOTICE_BROKEN},
	{"{\"type\":\"reply\",\"kit_id\":\"a\",\"time\":1e300}", NOTICE_BROKEN},
	{"{\"type\":\"system_health\",\"kit_id\":\"a\"," TIME "}", NOTICE_STATUS},
};

static struct notice read_line(const char *line)
{
	struct notice notice;

	notice_read(span_of(line), &notice);
	return notice;
}

static void lines(void)
{
	for (size_t i = 0; i < ARRAY_SIZE(kinds); i++)
		is_number(read_line(kinds[i].line).kind, kinds[i].kind, kinds[i].line);
}

static void replies(void)
{
	struct notice n =
		read_line("{\"type\":\"reply\",\"kit_id\":\"\\u0041\",\"endpoint\":"
			  "\"status\"," TIME ",\"ok\":true,\"clock_offset_s\":-7.5,\"body\":"
			  "{\"last_update_time\":1795456774.5}}");

	is_text(n.kit_id, "A", "the kit's id is decoded");
	ok(n.endpoint == WATCH_STATUS && n.outcome == WATCH_GOOD, "a good status");
	is_number(n.clock_offset_s, -7.5, "the clock's offset");
	is_number((double)n.time, 1795428000e6, "the time");
	is_number((double)n.kit_time, 1795456774.5e6, "the kit's own time");
	n = read_line(
		"{\"type\":\"reply\",\"kit_id\":\"a\",\"endpoint\":\"drones\"," TIME
		",\"ok\":false,\"error\":\"rate_limited\",\"message\":\"m\",\"retry_in_s\":60,"
		"\"body\":{\"last_update_time\":1}}");
	ok(n.endpoint == WATCH_DRONES && n.outcome == WATCH_LIMITED, "not now");
	is_number(n.retry_in_s, 60, "when to ask again");
	is_number((double)n.kit_time, 0, "only a status has the kit's time");
	n = read_line("{\"type\":\"reply\",\"kit_id\":\"a\",\"endpoint\":\"new\"," TIME
		      ",\"ok\":\"true\",\"retry_in_s\":\"soon\"}");
	ok(n.endpoint == WATCH_OTHER && n.outcome == WATCH_USELESS, "another endpoint, not ok");
	is_number(n.retry_in_s, 0, "no number");
}

static void statuses(void)
{
	struct notice n = read_line("{\"type\":\"system_health\"," TIME
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
	notice_open();
	lines();
	replies();
	statuses();
	long_texts();
	thresholds();
	return tap_done();
}
