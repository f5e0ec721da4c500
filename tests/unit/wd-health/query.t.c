/* A state, advanced to now. */
#include "tools/wd-health/query/query.h"
#include "tests/unit/tap.h"

static const minute_number noon = INT64_C(29924280);

static clock_us at(int second)
{
	return minute_start(noon) + second * CLOCK_SECOND_US;
}

/* A kit that answered half a minute past noon, and one that cannot be reached. */
static void begin(struct health_query *query)
{
	static const char lines[][160] = {
		"{\"type\":\"reply\",\"kit_id\":\"good\",\"endpoint\":\"drones\",\"time\":"
		"\"2026-11-23T18:00:30Z\",\"ok\":true}",
		"{\"type\":\"reply\",\"kit_id\":\"dead\",\"endpoint\":\"drones\",\"time\":"
		"\"2026-11-23T18:00:30Z\",\"ok\":false,\"error\":\"connect\"}",
		"{\"type\":\"kit\",\"kit_id\":\"off\",\"enabled\":false}",
	};

	*query = (struct health_query){0};
	health_init(&query->health, CLOCK_MINUTE_US);
	for (size_t i = 0; i < sizeof(lines) / sizeof(lines[0]); i++)
		health_line(&query->health, span_of(lines[i]));
}

/* The minutes since noon, a letter each. */
static const char *minutes(const struct health_query *query, const char *id)
{
	static char letters[16];
	const struct health_kit *kit = fleet_find(&query->health.fleet, id);
	minute_number newest = timeline_newest(&kit->timeline);
	size_t count = 0;

	for (minute_number m = noon; m <= newest && count < sizeof(letters) - 1; m++)
		letters[count++] = coverage_letter(ledger_get(&kit->ledger, m, newest));
	letters[count] = '\0';
	return letters;
}

static void is_at(int second, const char *good, const char *dead, size_t online, const char *name)
{
	struct health_query query;

	begin(&query);
	query_advance(&query, at(second));
	is_text(minutes(&query, "good"), good, name);
	is_text(minutes(&query, "dead"), dead, name);
	ok(query.watched == 2 && query.states[WATCH_ONLINE] == online &&
			query.states[WATCH_STALE] == 1 - online && query.states[WATCH_OFFLINE] == 1,
		name);
	query_release(&query);
}

int main(void)
{
	event_open();
	is_at(31, "", "", 1, "at once");
	is_at(89, "", "", 1, "a minute that is over waits for its lines");
	is_at(90, "", "", 0, "after the threshold the kit is stale");
	is_at(120, "L", "K", 0, "after a minute the minute is judged");
	is_at(180, "LP", "KK", 0, "so is the next, without lines");
	is_at(480, "LPPPPPP", "KKKKKKP", 0, "the poller may wait for a dead kit, not for ever");
	return tap_done();
}
