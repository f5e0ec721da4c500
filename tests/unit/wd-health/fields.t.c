/* A kit as a line of the state file. */
#include "tools/wd-health/state/fields.h"
#include "common/base/array.h"
#include "tests/unit/tap.h"

static const minute_number noon = INT64_C(29924280);
static const struct timeline shared = {.now = 0, .open = 1};

/* A kit in which no member is what it is in a new one. */
static struct health_kit a_kit(void)
{
	clock_us t = minute_start(noon);
	struct health_kit kit = {
		.id = "k \"1\"\n",
		.poller = "p",
		.watched = true,
		.is_mqtt = true,
		.timeline = {t + 9, noon + 1, noon, t + 15000000},
		.watch = {WATCH_STALE, t, t - 1, t + 2, t + 1, t + 3, true,
			{{t + 4, true, true, true}, {t + 5, true, true, true},
				{t + 6, true, true, true}, {.time = t + 6},
				{t + 7, true, true, true}}},
		.reported_id = "other",
		.receivers = "adsb fpv",
		.total = {9007199254740992, 20, 30},
		.drones = 11,
		.signals = 12,
		.clock_offset_s = -7.25,
		.status = {t - 9, t - 8, 7, true},
		.error_time = t - 7,
		.error_endpoint = ENDPOINT_STATUS,
		.error = "connect",
		.message = "\x7f\xc2\x9b\xe2\x80\xae",
		.outlook = {COVERAGE_KIT_DOWN, true, t + 8},
		.open = {{1, 2, 3}, 4, 5},
		.past = {{6, 7, 8}, 9, 10},
		.past_minute = noon - 3,
	};

	ledger_put(&kit.ledger, noon, noon, COVERAGE_LINK_DOWN);
	ledger_put(&kit.ledger, noon - 1439, noon, COVERAGE_LISTENING);
	ledger_count(&kit.ledger, noon - 59, OUTCOME_GOOD);
	ledger_count(&kit.ledger, noon, OUTCOME_UNUSABLE);
	return kit;
}

static void there_and_back(void)
{
	struct health_kit kit = a_kit(), again;
	struct buffer line = {0}, line_again = {0};

	fields_format(&line, &kit);
	ok(fields_parse((struct span){line.data, line.length - 1}, &shared, &again), "it is read");
	fields_format(&line_again, &again);
	ok(line.length == line_again.length && memcmp(line.data, line_again.data, line.length) == 0,
		"and written the same");
	is_text(again.id, kit.id, "the id");
	is_text(again.message, kit.message, "the message");
	is_text(again.reported_id, "other", "the reported id");
	is_text(again.receivers, "adsb fpv", "the receivers");
	ok(memcmp(&again.watch.endpoints, &kit.watch.endpoints, sizeof(kit.watch.endpoints)) == 0 &&
			again.watch.state == WATCH_STALE && again.watch.unreachable,
		"the watch");
	ok(again.past.answered == 10 && again.past_minute == noon - 3, "the past minute");
	ok(memcmp(&again.ledger, &kit.ledger, sizeof(kit.ledger)) == 0, "the ledger");
	ok(again.status.is_stale && again.status.repeats == 7, "the stale status");
	buffer_release(&line);
	buffer_release(&line_again);
}

static void a_new_kit(void)
{
	struct health_kit kit = {.id = "a"}, again;
	struct buffer line = {0};

	fields_format(&line, &kit);
	buffer_add_char(&line, '\0');
	is_text(line.data,
		"{\"type\":\"kit_health\",\"kit_id\":\"a\",\"last_hour\":[],\"last_day\":\"-1440\"}"
		"\n",
		"zeros are omitted");
	ok(fields_parse(span_of(line.data), &shared, &again) && !again.watched, "and read as zero");
	buffer_release(&line);
}

static void lines_that_are_none(void)
{
#define KIT "{\"type\":\"kit_health\",\"kit_id\":\"a\""
#define DAY ",\"last_hour\":[],\"last_day\":\"-1440\"}"
	static const char *const lines[] = {
		"",
		"{}",
		"{\"type\":\"kit_health\"" DAY,
		"{\"type\":\"kit_status\",\"kit_id\":\"a\"" DAY,
		KIT "}",
		KIT ",\"state\":5" DAY,
		KIT ",\"state\":-1" DAY,
		KIT ",\"state\":\"online\"" DAY,
		KIT ",\"since\":1" DAY,
		KIT ",\"since\":\"soon\"" DAY,
		KIT ",\"total_ok\":1e17" DAY,
		KIT ",\"total_ok\":\"1\"" DAY,
		KIT ",\"error\":1" DAY,
		KIT ",\"clock_offset_s\":\"1\"" DAY,
		KIT ",\"last_hour\":[1,2],\"last_day\":\"-1440\"}",
		KIT ",\"last_hour\":[1,2,\"x\"],\"last_day\":\"-1440\"}",
		KIT ",\"last_hour\":[1,2,99999999999],\"last_day\":\"-1440\"}",
		KIT ",\"last_hour\":[],\"last_day\":\"-1439\"}",
		KIT ",\"last_hour\":[],\"last_day\":[]}",
		KIT DAY "x",
	};
	struct health_kit kit;

	for (size_t i = 0; i < ARRAY_SIZE(lines); i++)
		ok(!fields_parse(span_of(lines[i]), &shared, &kit), lines[i]);
	ok(fields_parse(span_of(KIT DAY), &shared, &kit), "the rest of these lines is right");
}

int main(void)
{
	fields_open();
	there_and_back();
	a_new_kit();
	lines_that_are_none();
	return tap_done();
}
