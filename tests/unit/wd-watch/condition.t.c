/* Ranges, sets and patterns, and what they match. */
#include "tools/wd-watch/rules/condition.h"

#include "common/base/array.h"
#include "tests/unit/tap.h"

#include <math.h>
#include <stdio.h>

static struct watch_keys keys;
static const char record[] = "{\"type\":\"drone\",\"time\":\"2026-11-23T17:59:18Z\",\"kit_id\":"
			     "\"k\",\"drone_id\":\"d1\","
			     "\"speed\":20,\"ua_type\":\"2\",\"rid_make\":\"DJI "
			     "Mavic\",\"on_ground\":true,\"alt\":null}";

static bool matches(const char *field, const char *test)
{
	struct condition condition;
	struct watch_line line;

	if (!condition_open(&condition, &keys, field) || condition_add(&condition, test))
		return false;
	watch_keys_close(&keys);
	watch_line_read(&keys, SPAN(record), &line);
	struct condition_subject subject = {.line = &line,
		.kind = "drone",
		.known = "unknown",
		.range_m = 120.4,
		.pilot_distance_m = NAN,
		.above_kit_m = -3};
	bool found = condition_matches(&condition, &subject);
	condition_release(&condition);
	return found;
}

static void values(void)
{
	static const struct {
		const char *field, *test;
		bool matches;
	} table[] = {
		{"speed", ">= 20", true},
		{"speed", ">20", false},
		{"speed", "<= 20", true},
		{"speed", "<20", false},
		{"speed", "10..20", true},
		{"speed", "20.5..30", false},
		{"speed", "20", true},
		{"speed", "2*", true},
		{"ua_type", "2", true},
		{"ua_type", "3", false},
		{"rid_make", "DJI*", true},
		{"rid_make", "dji*", false},
		{"on_ground", "true", true},
		{"alt", ">= -1000", false},
		{"alt", "*", false},
		{"absent", "*", false},
		{"kind", "drone", true},
		{"kind", "signal", false},
		{"known", "unknown", true},
		{"range_m", "100..200", true},
		{"pilot_distance_m", "< 300", false},
		{"above_kit_m", "< 0", true},
	};
	char name[64];

	for (size_t i = 0; i < ARRAY_SIZE(table); i++) {
		snprintf(name, sizeof(name), "%s: %s %s", table[i].field, table[i].test,
			table[i].matches ? "matches" : "does not match");
		ok(matches(table[i].field, table[i].test) == table[i].matches, name);
	}
}

static void invalid_tests(void)
{
	static const char *const table[] = {"> fast", ">> 3", ">==3", "<", "30..20", ""};
	struct condition condition;

	condition_open(&condition, &keys, "speed");
	for (size_t i = 0; i < ARRAY_SIZE(table); i++)
		ok(condition_add(&condition, table[i]), table[i]);
	condition_release(&condition);
	ok(!condition_open(&condition, &keys, "a b"), "a field is a plain word");
}

int main(void)
{
	watch_keys_init(&keys);
	values();
	invalid_tests();
	watch_keys_release(&keys);
	return tap_done();
}
