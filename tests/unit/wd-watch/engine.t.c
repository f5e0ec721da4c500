/* The engine is deterministic, also when its state is written and read at any line. */
#define _GNU_SOURCE /* memmem */
#include "tools/wd-watch/engine/engine.h"
#include "tools/wd-watch/engine/state.h"

#include "common/base/array.h"
#include "tests/unit/tap.h"

#include <stdint.h>
#include <stdlib.h>
#include <unistd.h>

enum {
	LINES = 1000,
};

static const char rules_text[] =
	"lost: 20s\n"
	"zones:\n"
	"  - {name: HQ, circle: [50, 8], radius_m: 1000}\n"
	"  - {name: West, polygon: [[49.9, 7.9], [49.9, 8], [50.1, 8], [50.1, 7.9]]}\n"
	"known: [{tag: friendly, drone_id: d1}]\n"
	"rules:\n"
	"  - {name: zones, on: [enter, dwell, leave, present], zones: [HQ, West], dwell: 10s, "
	"again: 5s,"
	" leave: 20m 5s}\n"
	"  - {name: fast, on: [enter, leave], where: {speed: '>= 10'}, except: {known: friendly}}\n"
	"  - {name: visitors, on: [first_seen, seen, lost]}\n"
	"  - {name: video, on: [signal]}\n"
	"  - {name: kits, on: [online, offline, stale]}\n";

static struct rules rules;
static struct buffer text;
static struct span lines[LINES];

static unsigned next_random(unsigned max)
{
	static uint64_t state = 42;

	state = state * UINT64_C(6364136223846793005) + 1;
	return (unsigned)(state >> 33) % max;
}

static const char *time_text(int second)
{
	static char out[CLOCK_TEXT_SIZE];

	clock_format(INT64_C(1795500000000000) + second * CLOCK_SECOND_US, out);
	return out;
}

static void put_drone(const char *time, unsigned kit)
{
	static const char *const ids[] = {"d1", "d2", "d3", "d4", "drone-alert", "a\\u202eb"};

	buffer_printf(&text,
		"{\"type\":\"drone\",\"time\":\"%s\",\"kit_id\":\"k%u\",\"drone_id\":\"%s\","
		"\"speed\":%u,"
		"\"lat\":%.5f,\"lon\":%.5f,\"alt\":%u,\"track_type\":\"drone\"}\n",
		time, kit, ids[next_random(ARRAY_SIZE(ids))], next_random(20),
		50 + next_random(300) / 10000.0 - 0.015, 8 + next_random(300) / 10000.0 - 0.015,
		next_random(200));
}

/* A line that moves time, or a record that is up to 3 s older. */
static void put_line(int second)
{
	static const char *const states[] = {"online", "offline", "stale"};
	unsigned kind = next_random(20), kit = next_random(3);

	if (kind < 3)
		buffer_printf(&text,
			"{\"type\":\"reply\",\"time\":\"%s\",\"kit_id\":\"k%u\",\"poller\":\"p\"}"
			"\n",
			time_text(second), kit);
	else if (kind == 3)
		buffer_printf(&text, "{\"type\":\"tick\",\"time\":\"%s\",\"poller\":\"p\"}\n",
			time_text(second));
	else if (kind == 4)
		buffer_printf(&text,
			"{\"type\":\"kit_status\",\"time\":\"%s\",\"kit_id\":\"k%u\",\"status\":\"%"
			"s\"}\n",
			time_text(second), kit, states[next_random(3)]);
	else if (kind == 5)
		buffer_printf(&text,
			"{\"type\":\"system_health\",\"time\":\"%s\",\"kit_id\":\"k%u\",\"lat\":50,"
			"\"lon\":8,\"alt\":100}\n",
			time_text(second), kit);
	else if (kind == 6)
		buffer_printf(&text,
			"{\"type\":\"signal\",\"time\":\"%s\",\"kit_id\":\"k%u\",\"freq_mhz\":58%u}"
			"\n",
			time_text(second), kit, next_random(3));
	else
		put_drone(time_text(second - (int)next_random(4)), kit);
}

static void make_lines(void)
{
	size_t from = 0;

	for (int i = 0; i < LINES; i++)
		put_line(i + (i / 100) * 25); /* pauses in which drones are lost */
	for (size_t i = 0; i < LINES; i++) {
		const char *end = memchr(text.data + from, '\n', text.length - from);
		lines[i] = (struct span){text.data + from, (size_t)(end - text.data) - from};
		from += lines[i].length + 1;
	}
}

static void load_rules(void)
{
	char path[] = "/tmp/engine-rules-XXXXXX";
	int fd = mkstemp(path);

	ok(fd >= 0 && write(fd, rules_text, sizeof(rules_text) - 1) ==
				(ssize_t)sizeof(rules_text) - 1,
		"the rules are written");
	close(fd);
	ok(rules_load(&rules, path) == 0, "and loaded");
	unlink(path);
}

static void feed(struct engine *engine, size_t from, size_t until)
{
	for (size_t i = from; i < until; i++) {
		struct watch_line line;
		watch_line_read(&rules.keys, lines[i], &line);
		engine_line(engine, &line);
	}
}

/* Return whether an engine that continues from the state writes the rest of `whole`. */
static bool continues(struct span state, size_t from, struct span whole, size_t written)
{
	struct engine engine;
	struct buffer out = {0};

	engine_init(&engine, &rules, 5 * CLOCK_MINUTE_US, &out);
	bool same = state_parse(state, &engine);
	feed(&engine, from, LINES);
	same = same && out.length == whole.length - written &&
	       memcmp(out.data, whole.data + written, out.length) == 0;
	engine_release(&engine);
	buffer_release(&out);
	return same;
}

static bool has(struct span events, const char *event)
{
	char member[40];

	snprintf(member, sizeof(member), "\"event\":\"%s\"", event);
	return memmem(events.data, events.length, member, strlen(member)) != NULL;
}

static void restarts(void)
{
	struct engine engine, whole;
	struct buffer out = {0}, all = {0}, state = {0};
	size_t good = 0;

	engine_init(&whole, &rules, 5 * CLOCK_MINUTE_US, &all);
	feed(&whole, 0, LINES);
	for (int kind = 0; kind < EVENT_COUNT; kind++)
		ok(has(buffer_span(&all), watch_event_names[kind]), watch_event_names[kind]);
	engine_init(&engine, &rules, 5 * CLOCK_MINUTE_US, &out);
	for (size_t i = 0; i < LINES; i++) {
		state.length = 0;
		state_format(&state, &engine);
		good += continues(buffer_span(&state), i, buffer_span(&all), out.length);
		feed(&engine, i, i + 1);
	}
	is_number((double)good, LINES, "a restart before each of 1,000 lines changes no byte");
	ok(out.length == all.length && memcmp(out.data, all.data, all.length) == 0,
		"the same lines give the same bytes");
	engine_release(&engine);
	engine_release(&whole);
	buffer_release(&out);
	buffer_release(&all);
	buffer_release(&state);
}

int main(void)
{
	make_lines();
	load_rules();
	restarts();
	rules_release(&rules);
	buffer_release(&text);
	return tap_done();
}
