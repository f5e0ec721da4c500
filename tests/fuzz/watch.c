/* Fuzz what wd-watch reads: lines, state files, rules files and GeoJSON. The first byte selects. */
#define _GNU_SOURCE
#include "common/log/log.h"
#include "tests/fuzz/hold.h"
#include "tools/wd-watch/engine/engine.h"
#include "tools/wd-watch/engine/state.h"
#include "tools/wd-watch/zones/geojson.h"

#include <fcntl.h>
#include <stdint.h>
#include <sys/mman.h>
#include <unistd.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const char rules_text[] =
	"lost: 20s\n"
	"zones:\n"
	"  - {name: HQ, circle: [50, 8], radius_m: 100000, ceiling_m: 100, above: kit}\n"
	"  - {name: W, polygon: [[-90, -180], [-90, 180], [90, 180], [90, -180]], above: takeoff}\n"
	"known: [{tag: friendly, drone_id: [a, 'd*']}, {tag: hostile, mac: '6*'}]\n"
	"rules:\n"
	"  - {name: zones, on: [enter, dwell, leave, present, lost], zones: [HQ, W], dwell: 1s, "
	"again: 0s}\n"
	"  - {name: all, on: [first_seen, seen, lost, enter, leave], where: {kind: [drone, "
	"aircraft]},"
	" except: {known: hostile, speed: '< 3', description: '*x*'}, enter: 1 in 0s, leave: 0m "
	"0s}\n"
	"  - {name: rest, on: [signal, online, offline, stale], again: 1s}\n";

/* Load rules from memory; the path is that of a file without a name. */
static int load(struct rules *rules, struct span text)
{
	char path[32];
	int fd = memfd_create("rules", 0), terminal = dup(STDERR_FILENO);
	int null = open("/dev/null", O_WRONLY | O_CLOEXEC);

	hold(write(fd, text.data, text.length) == (ssize_t)text.length, "the rules are written");
	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	dup2(null, STDERR_FILENO); /* errors in the rules are logged */
	int status = rules_load(rules, path);
	dup2(terminal, STDERR_FILENO);
	close(terminal);
	close(null);
	close(fd);
	return status;
}

static void hold_events(struct span out)
{
	struct scan_error error;

	while (out.length > 0) {
		const char *end = memchr(out.data, '\n', out.length);
		hold(end != NULL, "events are lines");
		struct span line = {out.data, (size_t)(end - out.data)};
		hold(scan_check(line, SCAN_STRICT, &error), "events are JSON");
		out = (struct span){end + 1, out.length - line.length - 1};
	}
}

static void feed(struct engine *engine, struct span text)
{
	static struct watch_line line;

	while (text.length > 0) {
		const char *end = memchr(text.data, '\n', text.length);
		size_t length = end ? (size_t)(end - text.data) : text.length;
		watch_line_read(&engine->rules->keys, (struct span){text.data, length}, &line);
		engine_line(engine, &line);
		length += end ? 1 : 0;
		text = (struct span){text.data + length, text.length - length};
	}
}

/* The state can be read, and its copy gives the same events. */
static void hold_state(struct engine *engine, struct span text)
{
	struct buffer state = {0}, events = {0};
	struct engine copy;

	state_format(&state, engine);
	engine_init(&copy, engine->rules, CLOCK_MINUTE_US, &events);
	hold(state_parse(buffer_span(&state), &copy), "a written state is read");
	size_t written = engine->out->length;
	feed(engine, text);
	feed(&copy, text);
	hold(events.length == engine->out->length - written &&
			(!events.length || memcmp(events.data, engine->out->data + written,
						   events.length) == 0),
		"a copy of the state gives the same events");
	engine_release(&copy);
	buffer_release(&state);
	buffer_release(&events);
}

static void run_lines(const struct rules *rules, struct span text, bool is_state)
{
	struct buffer out = {0};
	struct engine engine;

	engine_init(&engine, rules, CLOCK_MINUTE_US, &out);
	if (!is_state)
		feed(&engine, text);
	if (!is_state || state_parse(text, &engine))
		hold_state(&engine, text);
	hold_events(buffer_span(&out));
	engine_release(&engine);
	buffer_release(&out);
}

static void run_rules(struct span text)
{
	struct rules rules = {0};

	if (load(&rules, text) == 0)
		run_lines(&rules,
			SPAN("{\"type\":\"drone\",\"time\":\"2026-11-23T17:59:18Z\",\"kit_id\":"
			     "\"k\","
			     "\"drone_id\":\"d\",\"lat\":50,\"lon\":8}"),
			false);
	rules_release(&rules);
}

static void run_geojson(struct span text)
{
	struct zones zones = {0};
	size_t feature;

	if (!geojson_read(text, &zones, &feature)) {
		zones_index(&zones, 100);
		for (size_t i = 0; i < zones.count; i++)
			zone_outside_m(&zones.items[i], (struct position){50, 8});
	}
	zones_release(&zones);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct rules rules;

	if (!rules.count) {
		log_open("wd-watch");
		hold(load(&rules, span_of(rules_text)) == 0, "the rules are good");
		log_level_parse("error");
	}
	if (size == 0)
		return 0;
	struct span text = {(const char *)data + 1, size - 1};
	if (data[0] % 4 == 0)
		run_lines(&rules, text, false);
	else if (data[0] % 4 == 1)
		run_lines(&rules, text, true);
	else if (data[0] % 4 == 2)
		run_rules(text);
	else
		run_geojson(text);
	return 0;
}
