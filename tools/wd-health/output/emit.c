/* The records that wd-health writes, and the changes that it logs. */
#include "tools/wd-health/output/emit.h"

#include "common/lines/json.h"
#include "common/log/log.h"

void emit_status(struct buffer *out, const struct health_kit *kit, clock_us time)
{
	json_open(out, "kit_status");
	json_time(out, "time", time);
	json_text(out, "kit_id", span_of(kit->id));
	json_text(out, "status", span_of(watch_state_name(kit->watch.state)));
	if (kit->watch.last_seen)
		json_time(out, "last_seen", kit->watch.last_seen);
	receivers_put(out, kit->receivers);
	json_close(out);
}

void emit_coverage(struct buffer *out, const struct health_kit *kit, minute_number minute)
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

void emit_change(struct buffer *out, struct health_kit *kit, enum watch_state before)
{
	bool is_online = kit->watch.state == WATCH_ONLINE;
	/* Not one that good replies have followed. */
	bool has_error = kit->error[0] && kit->error_time >= kit->watch.last_seen;
	uint64_t suppressed;

	emit_status(out, kit, kit->watch.since);
	if (!log_limit_allows(&kit->changes, kit->watch.since, &suppressed))
		return;
	log_line(is_online ? LOG_INFO : LOG_WARNING,
		&(struct log_event){"kit changed its state", {"kit", kit->id},
			{"from", watch_state_name(before)},
			{"to", watch_state_name(kit->watch.state)},
			{"error", is_online || !has_error ? NULL : kit->error},
			{"suppressed", suppressed ? log_number((int64_t)suppressed).text : NULL}});
}

void emit_stale_status(const struct health_kit *kit)
{
	char since[CLOCK_TEXT_SIZE];

	clock_format(kit->status.since, since);
	if (kit->status.is_stale)
		log_warning("the kit repeats an old status", {"kit", kit->id}, {"since", since});
	else
		log_info("the kit's status is new again", {"kit", kit->id});
}
