/* The effect of lines and time on the kits. */
#include "tools/wd-health/fleet/health.h"

#include "common/log/log.h"
#include "tools/wd-health/fleet/rollup.h"
#include "tools/wd-health/output/emit.h"
#include "tools/wd-health/output/report.h"

#include <stdio.h>
#include <unistd.h>

/* A leap over a day makes many lines for many kits. */
#define FLUSH_AT ((size_t)1 << 20)

void health_init(struct health *health, int64_t threshold_us)
{
	*health = (struct health){.threshold_us = threshold_us};
}

void health_release(struct health *health)
{
	buffer_release(&health->out);
	fleet_release(&health->fleet);
}

int health_flush(struct health *health)
{
	if (!health->out.length && !health->out.failed)
		return 0;
	return buffer_write(&health->out, STDOUT_FILENO, "stdout");
}

static int flush_if_long(struct health *health)
{
	return health->out.length >= FLUSH_AT ? health_flush(health) : 0;
}

/* Add a kit, whose time begins at that of the line, or find it. NULL if there are too many. */
static struct health_kit *add_kit(struct health *health, const struct health_event *event)
{
	size_t count = health->fleet.count;
	struct health_kit *kit = fleet_add(&health->fleet, event->kit_id);
	clock_us begin = health->is_replay && event->time ? event->time : health->now;

	if (kit && health->fleet.count > count && begin) {
		rollup_advance(health, kit, begin);
		health->next_due = 0;
	}
	return kit;
}

/* Log what the minute that is over was like. */
static void end_minute(struct health *health, minute_number next)
{
	bool is_first = health->minute == 0;
	minute_number minute = health->minute;

	health->minute = next;
	if (is_first)
		return;
	report_link(health, link_is_down(&health->link, minute));
	report_log(health);
	report_rejected(&health->fleet);
	if (!health->not_normalized_logged)
		health_warn(health);
}

static void log_set_back(struct health *health, clock_us before, clock_us time)
{
	char from[CLOCK_TEXT_SIZE], to[CLOCK_TEXT_SIZE];
	uint64_t suppressed;

	if (!log_limit_allows(&health->set_backs, time, &suppressed))
		return;
	clock_format(before, from);
	clock_format(time, to);
	log_warning("the time of the lines was set back", {"from", from}, {"to", to},
		{"suppressed", suppressed ? log_number((int64_t)suppressed).text : NULL});
}

/* Move the time of a kit to that of a line. Return whether it was set back far. */
static bool move_kit(struct health *health, struct health_kit *kit, clock_us time)
{
	struct timeline before = kit->timeline;
	bool is_set_back = timeline_line(&kit->timeline, time) == TIMELINE_SET_BACK;
	bool is_far = is_set_back && before.now - kit->timeline.now > TIMELINE_SET_BACK_US;

	if (is_set_back)
		rollup_set_back(kit, &before);
	rollup_advance(health, kit, time);
	return is_far;
}

static int advance_all(struct health *health, clock_us time)
{
	clock_us next = WATCH_NEVER;
	int status = 0;

	for (size_t i = 0; !status && i < health->fleet.count; i++) {
		struct health_kit *kit = &health->fleet.kits[i];
		rollup_advance(health, kit, time);
		clock_us due = rollup_next(health, kit, time);
		next = due < next ? due : next;
		status = flush_if_long(health);
	}
	health->next_due = next;
	health->events++;
	return status;
}

/* Set the time of all kits back to that of a line. */
static int set_back_all(struct health *health, clock_us time)
{
	for (size_t i = 0; i < health->fleet.count; i++) {
		struct timeline *timeline = &health->fleet.kits[i].timeline;
		if (timeline->now < health->now)
			timeline->now = health->now;
		move_kit(health, &health->fleet.kits[i], time);
	}
	log_set_back(health, health->now, time);
	health->now = time;
	health->minute = minute_of(time);
	health->next_due = 0;
	return flush_if_long(health);
}

int health_advance(struct health *health, clock_us time)
{
	int status = time >= health->next_due ? advance_all(health, time) : 0;

	if (minute_of(time) > health->minute)
		end_minute(health, minute_of(time));
	return status;
}

clock_us health_next(const struct health *health)
{
	clock_us minute_over = minute_start(health->minute + 1);

	if (!health->now)
		return WATCH_NEVER;
	return health->next_due < minute_over ? health->next_due : minute_over;
}

static bool is_moved_by(const struct health_kit *kit, const struct health_event *tick)
{
	return !kit->poller[0] || !tick->poller[0] || strcmp(kit->poller, tick->poller) == 0;
}

/* Move the time of the kits of the poller that wrote the tick; of all kits, if none has a time yet.
 * Return whether any was set back far. */
static bool move_by_tick(struct health *health, const struct health_event *tick)
{
	bool is_far = false;

	for (size_t i = 0; i < health->fleet.count; i++) {
		struct health_kit *kit = &health->fleet.kits[i];
		if (!kit->timeline.now || (tick->kind == EVENT_TICK && is_moved_by(kit, tick)))
			is_far |= move_kit(health, kit, tick->time);
	}
	return is_far;
}

/* Move the time of the kit of a reply, if it is known. */
static bool move_by_reply(struct health *health, const struct health_event *reply)
{
	struct health_kit *kit = fleet_find(&health->fleet, reply->kit_id);

	return kit && move_kit(health, kit, reply->time);
}

/* Each kit has a time of its own: inputs with other times do not disturb it. */
static void move_replay(struct health *health, const struct health_event *event)
{
	bool is_far = false;

	if (event->kind == EVENT_TICK || !health->now)
		is_far = move_by_tick(health, event);
	if (event->kind == EVENT_REPLY)
		is_far |= move_by_reply(health, event);
	if (is_far) {
		log_set_back(health, health->now, event->time);
		health->minute = minute_of(event->time);
	}
	if (is_far || event->time > health->now)
		health->now = event->time;
}

static int move_all(struct health *health, const struct health_event *event)
{
	clock_us time = event->time;
	int status = 0;

	if (health->now && time < health->now - TIMELINE_SET_BACK_US)
		status = set_back_all(health, time);
	else if (time > health->now)
		health->now = time;
	if (!status && event->kind == EVENT_REPLY)
		move_by_reply(health, event);
	return status ? status : health_advance(health, time);
}

/* Move time to that of a line, before the line itself is processed. */
static int move_to(struct health *health, const struct health_event *event)
{
	health->timed_lines++;
	health->events++;
	if (!health->is_replay)
		return move_all(health, event);
	move_replay(health, event);
	if (minute_of(event->time) > health->minute)
		end_minute(health, minute_of(event->time));
	return flush_if_long(health);
}

static void add_kit_line(struct health *health, const struct health_event *event)
{
	struct health_kit *kit = add_kit(health, event);

	if (!kit)
		return;
	if (coverage_suspects_link(&kit->outlook) && kit->watched != event->enabled) {
		if (event->enabled)
			health->link.unreachable++;
		else
			health->link.unreachable--;
	}
	kit->watched = event->enabled;
	memcpy(kit->poller, event->poller, sizeof(kit->poller));
	health->next_due = 0; /* it may not have been watched for a while */
}

static void record_status(struct health_kit *kit, clock_us kit_time, clock_us now)
{
	if (kit_time && stale_status_update(&kit->status, kit_time, now))
		emit_stale_status(kit);
}

static void count_reply(
	struct health *health, struct health_kit *kit, const struct health_event *event)
{
	const struct watch_reply *reply = &event->reply;
	uint64_t answered = kit->open.answered;

	health->link.unreachable -= coverage_suspects_link(&kit->outlook);
	tally_add(&kit->total, reply->outcome);
	ledger_count(&kit->ledger, minute_of(event->time), reply->outcome);
	coverage_add_reply(&kit->open, &kit->outlook, event, rollup_threshold_us(health, kit));
	health->link.unreachable += coverage_suspects_link(&kit->outlook);
	link_add(&health->link, minute_of(event->time), kit->open.answered - answered);
}

static void add_reply(struct health *health, const struct health_event *event)
{
	struct health_kit *kit = add_kit(health, event);
	bool changed;

	health->speaker = 0;
	if (!kit || !kit->watched)
		return;
	health->speaker = (size_t)(kit - health->fleet.kits) + 1;
	health->not_normalized += !event->is_normalized;
	if (event->poller[0])
		memcpy(kit->poller, event->poller, sizeof(kit->poller));
	if (endpoint_is_optional(event->reply.endpoint)) {
		health_kit_add_optional(kit, event);
		return;
	}
	enum watch_state before = kit->watch.state;
	if (!watch_add_reply(&kit->watch, &event->reply, &changed)) {
		health->speaker = 0;
		return;
	}
	count_reply(health, kit, event);
	health_kit_add_result(kit, event);
	if (changed)
		emit_change(&health->out, kit, before);
	record_status(kit, event->kit_time, event->time);
	clock_us due = rollup_next(health, kit, event->time);
	health->next_due = due < health->next_due ? due : health->next_due;
}

static void add_status(struct health *health, const struct health_event *event)
{
	struct health_kit *kit = fleet_find(&health->fleet, event->kit_id);

	if (kit && kit->watched)
		record_status(kit, event->kit_time, kit->timeline.now);
}

/* wd-store makes a reject of it. */
static void log_malformed(struct health *health, struct span line)
{
	char beginning[64];
	uint64_t suppressed;

	if (!log_limit_allows(&health->malformed, health->now, &suppressed))
		return;
	snprintf(beginning, sizeof(beginning), "%.*s", (int)line.length, line.data);
	log_warning("malformed line passed through", {"line", beginning},
		{"suppressed", suppressed ? log_number((int64_t)suppressed).text : NULL});
}

void health_warn(struct health *health)
{
	if (health->not_normalized == health->not_normalized_logged)
		return;
	health->not_normalized_logged = health->not_normalized;
	record_warn_not_normalized(health->not_normalized);
}

/* Records follow the reply that they were made from. */
static void count_record(struct health *health, enum event_kind kind)
{
	struct health_kit *kit;

	if (!health->speaker)
		return;
	kit = &health->fleet.kits[health->speaker - 1];
	kit->drones += kind == EVENT_DRONE;
	kit->signals += kind == EVENT_SIGNAL;
}

static void process(struct health *health, struct span line, const struct health_event *event)
{
	switch (event->kind) {
	case EVENT_KIT:
		add_kit_line(health, event);
		break;
	case EVENT_REPLY:
		add_reply(health, event);
		break;
	case EVENT_STATUS:
		add_status(health, event);
		break;
	case EVENT_DRONE:
	case EVENT_SIGNAL:
		count_record(health, event->kind);
		return;
	case EVENT_REJECT:
		health->rejects++;
		return;
	case EVENT_MALFORMED:
		log_malformed(health, line);
		break;
	case EVENT_NONE:
	case EVENT_TICK:
	case EVENT_MARK:
		return;
	}
	health->events++;
}

int health_take(struct health *health, struct span line, const struct health_event *event)
{
	int status = 0;

	if (event->kind == EVENT_REPLY || event->kind == EVENT_TICK)
		status = move_to(health, event);
	buffer_add_span(&health->out, line);
	buffer_add_char(&health->out, '\n');
	if (!status)
		process(health, line, event);
	return status;
}

int health_line(struct health *health, struct span line)
{
	struct health_event event;

	event_read(line, &event);
	return health_take(health, line, &event);
}
