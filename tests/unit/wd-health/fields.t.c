/* A kit as a line of the state file, and back. */
#include "tools/wd-health/fields.h"
#include "common/array.h"
#include "tests/unit/tap.h"

static const minute_number noon = INT64_C(29924280);

/* A kit in which no member is what it is in a new one. */
static struct kit a_kit(void)
{
	clock_us t = minute_start(noon);
	struct kit kit = {
		.id = "k \"1\"\n",
		.watched = true,
		.watch = {WATCH_STALE, t, t - 1, t + 2, t + 1, t + 3, true,
			{{t + 4, true}, {t + 5, true}, {t + 6, true}, {t + 7, true}}},
		.total = {9007199254740992, 20, 30},
		.clock_offset_s = -7.25,
		.standstill = {t - 9, t - 8, 7, true},
		.error_time = t - 7,
		.error_endpoint = WATCH_STATUS,
		.error = "connect",
		.message = "\x7f\xc2\x9b\xe2\x80\xae",
		.outlook = {COVERAGE_KIT_DOWN, true, t + 8},
		.open = {{1, 2, 3}, 4, 5},
		.past = {{6, 7, 8}, 9, 10},
		.past_minute = noon - 3,
	};

	ledger_put(&kit.ledger, noon, noon, COVERAGE_LINK_DOWN);
	ledger_put(&kit.ledger, noon - 1439, noon, COVERAGE_LISTENING);
	ledger_count(&kit.ledger, noon - 59, WATCH_GOOD);
	ledger_count(&kit.ledger, noon, WATCH_USELESS);
	return kit;
}

static void there_and_back(void)
{
	struct kit kit = a_kit(), again;
	struct buffer line = {0}, line_again = {0};

	fields_format(&line, &kit, noon);
	ok(fields_parse((struct span){line.data, line.length - 1}, noon, &again), "it is read");
	fields_format(&line_again, &again, noon);
	ok(line.length == line_again.length && memcmp(line.data, line_again.data, line.length) == 0,
		"and written the same");
	is_text(again.id, kit.id, "the id");
	is_text(again.message, kit.message, "the message");
	ok(memcmp(&again.watch.endpoints, &kit.watch.endpoints, sizeof(kit.watch.endpoints)) == 0 &&
			again.watch.state == WATCH_STALE && again.watch.out_of_reach,
		"the watch");
	ok(again.past.answered == 10 && again.past_minute == noon - 3, "the past minute");
	ok(memcmp(&again.ledger, &kit.ledger, sizeof(kit.ledger)) == 0, "the ledger");
	ok(again.standstill.still && again.standstill.repeats == 7, "the standstill");
	buffer_release(&line);
	buffer_release(&line_again);
}

static void a_new_kit(void)
{
	struct kit kit = {.id = "a"}, again;
	struct buffer line = {0};

	fields_format(&line, &kit, 0);
	buffer_add_char(&line, '\0');
	is_text(line.data,
		"{\"type\":\"kit_health\",\"kit_id\":\"a\",\"last_hour\":[],\"last_day\":\"-1440\"}"
		"\n",
		"what is zero is left out");
	ok(fields_parse(span_of(line.data), 0, &again) && !again.watched, "and read as zero");
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
	struct kit kit;

	for (size_t i = 0; i < ARRAY_SIZE(lines); i++)
		ok(!fields_parse(span_of(lines[i]), noon, &kit), lines[i]);
	ok(fields_parse(span_of(KIT DAY), noon, &kit), "the rest of these lines is right");
}

int main(void)
{
	fields_open();
	there_and_back();
	a_new_kit();
	lines_that_are_none();
	return tap_done();
}
