/* What wd-health says. */
#include "tools/wd-health/say.h"

#include "common/json.h"
#include "common/log.h"

void say_status(struct buffer *out, const struct kit *kit, clock_us time)
{
	json_open(out, "kit_status");
	json_time(out, "time", time);
	json_text(out, "kit_id", span_of(kit->id));
	json_text(out, "status", span_of(watch_state_name(kit->watch.state)));
	if (kit->watch.last_seen)
		json_time(out, "last_seen", kit->watch.last_seen);
	json_close(out);
}

void say_coverage(struct buffer *out, const struct kit *kit, minute_number minute)
{
	json_open(out, "coverage");
	json_time(out, "time", minute_start(minute));
	json_text(out, "kit_id", span_of(kit->id));
	json_text(out, "state", span_of(coverage_name(kit->verdict)));
	json_integer(out, "requests", (int64_t)kit->open.tally.requests);
	json_integer(out, "ok", (int64_t)kit->open.tally.ok);
	json_integer(out, "failed", (int64_t)kit->open.tally.failed);
	json_close(out);
}

void say_change(struct buffer *out, struct kit *kit, enum watch_state before)
{
	bool well = kit->watch.state == WATCH_ONLINE;
	unsigned unsaid;

	say_status(out, kit, kit->watch.since);
	if (!hush_allows(&kit->changes, kit->watch.since, &unsaid))
		return;
	log_line(well ? LOG_INFO : LOG_WARNING,
		&(struct log_event){"kit changed its state", {"kit", kit->id},
			{"from", watch_state_name(before)},
			{"to", watch_state_name(kit->watch.state)},
			{"error", well || !kit->error[0] ? NULL : kit->error},
			{"suppressed", unsaid ? log_number(unsaid).text : NULL}});
}

void say_standstill(const struct kit *kit)
{
	char since[CLOCK_TEXT_SIZE];

	clock_format(kit->standstill.since, since);
	if (kit->standstill.still)
		log_warning("the kit's status stands still", {"kit", kit->id}, {"since", since});
	else
		log_info("the kit's status moves again", {"kit", kit->id});
}
