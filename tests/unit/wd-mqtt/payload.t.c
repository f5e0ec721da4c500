/* What is read from a payload. */
#include "tools/wd-mqtt/intake/payload.h"
#include "common/base/array.h"
#include "tests/unit/tap.h"

static const struct {
	enum topic_kind kind;
	const char *raw;
	const char *json, *kit, *subject; /* `json` NULL: refused, with `kit` as the reason */
	bool has_time;
} cases[] = {
	{TOPIC_DRONES, "{\"id\": \"drone-1\", \"seen_by\": \"k\", \"observed_at\": 1.5}",
		"{\"id\":\"drone-1\",\"seen_by\":\"k\",\"observed_at\":1.5}", "k", "\"drone-1\"",
		true},
	{TOPIC_DRONES,
		"{\"id\":\"d\",\"seen_by\":\"k\",\"observed_at\":null,\"last_update_time\":7}",
		"{\"id\":\"d\",\"seen_by\":\"k\",\"observed_at\":null,\"last_update_time\":7}", "k",
		"\"d\"", true},
	{TOPIC_DRONES, "{\"id\":\"d\",\"seen_by\":null}", "{\"id\":\"d\",\"seen_by\":null}", "",
		"\"d\"", false},
	{TOPIC_DRONES, "{\"id\":\"d\",\"seen_by\":\"wardragon-unknown\"}",
		"{\"id\":\"d\",\"seen_by\":\"wardragon-unknown\"}", "", "\"d\"", false},
	{TOPIC_DRONES, "{\"alt\":NaN,\"speed\":-Infinity}", "{\"alt\":null,\"speed\":null}", "", "",
		false},
	{TOPIC_DRONES, "{\"id\":\"\xff\"}", "{\"id\":\"\xef\xbf\xbd\"}", "", "\"\xef\xbf\xbd\"",
		false},
	{TOPIC_AIRCRAFT, "{\"icao\":\"A1\",\"id\":\"x\",\"seen_by\":\"k\"}",
		"{\"icao\":\"A1\",\"id\":\"x\",\"seen_by\":\"k\"}", "k", "\"A1\"", false},
	{TOPIC_SIGNALS, "{\"uid\":\"u\",\"seen_by\":\"k\",\"observed_at\":1}",
		"{\"uid\":\"u\",\"seen_by\":\"k\",\"observed_at\":1}", "k", "\"u\"", true},
	{TOPIC_STATUS, "{\"id\":\"k\",\"updated\":1795627259}",
		"{\"id\":\"k\",\"updated\":1795627259}", "k", "\"k\"", true},
	{TOPIC_STATUS, "{\"id\":\"k\",\"observed_at\":5}", "{\"id\":\"k\",\"observed_at\":5}", "k",
		"\"k\"", false},
	{TOPIC_STATUS, "{\"seen_by\":\"k\"}", "{\"seen_by\":\"k\"}", "", "", false},
	{TOPIC_DRONES, "", NULL, "not_json: ends too early at byte 0"},
	{TOPIC_DRONES, "[{}]", NULL, "not_an_object: a payload that is not an object"},
	{TOPIC_DRONES, "online", NULL, "not_json: expected a value at byte 0"},
	{TOPIC_DRONES, "{\"id\":\"d\"", NULL, "not_json: ends too early at byte 9"},
};

static void check(size_t i, struct buffer *scratch)
{
	struct payload payload;
	char reason[REJECT_REASON_SIZE];
	bool good = payload_parse(&payload, cases[i].kind, span_of(cases[i].raw), scratch, reason);

	if (!cases[i].json) {
		if (ok(!good, "refused"))
			is_text(reason, cases[i].kit, "with its reason");
		return;
	}
	if (!ok(good, cases[i].raw))
		return;
	ok(span_equals(payload.json, cases[i].json), "it is compact");
	is_text(payload.kit, cases[i].kit, "its kit");
	ok(*cases[i].subject ? span_equals(payload.subject, cases[i].subject)
			     : !payload.subject.data,
		"its subject");
	ok(payload.has_time == cases[i].has_time, "whether it has a time");
}

static void updated(struct buffer *scratch)
{
	static const struct {
		const char *raw;
		int64_t updated_s; /* 0: none */
	} times[] = {
		{"{\"updated\":1795627259}", 1795627259},
		{"{\"updated\":1795627259.75}", 1795627259},
		{"{\"updated\":1e300}", 0},
		{"{\"updated\":-1}", 0},
		{"{\"updated\":0}", 0},
		{"{\"updated\":\"1795627259\"}", 0},
		{"{\"updated\":1e999}", 0},
	};
	struct payload payload;
	char reason[REJECT_REASON_SIZE];

	for (size_t i = 0; i < ARRAY_SIZE(times); i++) {
		payload_parse(&payload, TOPIC_STATUS, span_of(times[i].raw), scratch, reason);
		ok(payload.has_updated == (times[i].updated_s != 0), times[i].raw);
		is_number((double)payload.updated_s, (double)times[i].updated_s, "in seconds");
	}
}

static void too_large(struct buffer *scratch)
{
	static char raw[PAYLOAD_MAX + 1];
	struct payload payload;
	char reason[REJECT_REASON_SIZE];

	memset(raw, ' ', sizeof(raw));
	raw[0] = '{';
	raw[PAYLOAD_MAX - 1] = '}';
	ok(payload_parse(&payload, TOPIC_DRONES, (struct span){raw, PAYLOAD_MAX}, scratch, reason),
		"64 KiB are taken");
	ok(!payload_parse(
		   &payload, TOPIC_DRONES, (struct span){raw, PAYLOAD_MAX + 1}, scratch, reason),
		"one byte more is not");
	is_text(reason, "too_long: a payload of more than 64 KiB", "with its reason");
}

int main(void)
{
	struct buffer scratch = {0};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++)
		check(i, &scratch);
	updated(&scratch);
	too_large(&scratch);
	buffer_release(&scratch);
	return tap_done();
}
