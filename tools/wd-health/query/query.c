/* Queries of a state file. */
#include "tools/wd-health/query/query.h"

#include "tools/wd-health/fleet/rollup.h"

/* The lines of a minute may arrive this much later. */
#define LINES_MAY_TAKE_US CLOCK_MINUTE_US

static void close_minutes(struct health_query *query, struct health_kit *kit)
{
	minute_number minute;

	while (timeline_close(&kit->timeline, query->now - LINES_MAY_TAKE_US, &minute)) {
		enum coverage verdict =
			coverage_of(&kit->open, &kit->outlook, minute_start(minute + 1));
		ledger_put(&kit->ledger, minute, timeline_newest(&kit->timeline), verdict);
		kit->open = (struct coverage_minute){0};
	}
}

static void count(struct health_query *query, struct health_kit *kit)
{
	clock_us stale = watch_stale_at(&kit->watch, rollup_threshold_us(&query->health, kit));

	if (stale <= query->now)
		watch_expire(&kit->watch, stale);
	query->watched++;
	query->states[kit->watch.state]++;
	query->stale_status += kit->status.is_stale;
}

void query_advance(struct health_query *query, clock_us now)
{
	query->now = now;
	for (size_t i = 0; i < query->health.fleet.count; i++) {
		struct health_kit *kit = &query->health.fleet.kits[i];
		if (!kit->watched)
			continue;
		close_minutes(query, kit);
		count(query, kit);
	}
}

bool query_is_of_future(const struct health_query *query)
{
	clock_us latest = query->now + QUERY_FUTURE_US;

	return query->health.now > latest || query->written > latest;
}

const char *query_state(const struct health_kit *kit)
{
	return query_is_removed(kit) ? "removed" : watch_state_name(kit->watch.state);
}

int query_open(struct health_query *query, const char *path, int64_t threshold_us)
{
	*query = (struct health_query){0};
	health_init(&query->health, threshold_us);
	int status = state_look(path, &query->health, &query->written);
	query_advance(query, clock_wall_us());
	return status;
}

void query_release(struct health_query *query)
{
	health_release(&query->health);
}

minute_number query_gaps_from(const struct health_query *query, const struct health_kit *kit)
{
	minute_number from = minute_of(query->now - query->since_us);
	minute_number oldest = timeline_newest(&kit->timeline) - LEDGER_MINUTES + 1;

	return from > oldest ? from : oldest;
}
