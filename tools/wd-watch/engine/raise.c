#include "tools/wd-watch/engine/raise.h"

#include <math.h>

const struct zone *engine_zone(const struct engine *engine, int zone)
{
	return zone == RULE_ZONE_NONE ? NULL : &engine->rules->zones.items[zone];
}

static void explain_zone(
	struct buffer *why, const struct zone *zone, const struct raised_event *event)
{
	if (!zone)
		return;
	buffer_printf(why, "%s %s", event->kind == EVENT_LEAVE ? "outside of" : "in", zone->name);
	if (!isnan(event->distance_m))
		buffer_printf(why, ", %.0f m from its center", event->distance_m);
	if ((isfinite(zone->floor_m) || isfinite(zone->ceiling_m)) && isnan(event->alt_m))
		buffer_add_text(why, ", altitude unknown: counted as inside");
}

static void explain_conditions(
	struct buffer *why, const struct rule *rule, const struct condition_subject *values)
{
	for (size_t i = 0; i < rule->where_count; i++) {
		if (why->length)
			buffer_add_text(why, ", ");
		condition_explain(why, &rule->where[i], values);
	}
}

void raise_event(
	struct engine *engine, struct raised_event *event, const struct condition_subject *values)
{
	struct buffer why = {0};

	if (!(event->rule->on & EVENT_BIT(event->kind)))
		return;
	explain_zone(&why, event->zone, event);
	if (event->kind == EVENT_ENTER || event->kind == EVENT_PRESENT) {
		if (why.length)
			buffer_add_text(&why, ", ");
		buffer_printf(&why, "%u of %u observations", event->rule->enter_count,
			event->rule->enter_count);
	}
	if (values && event->kind != EVENT_LEAVE)
		explain_conditions(&why, event->rule, values);
	if (event->why.length) {
		if (why.length)
			buffer_add_text(&why, ", ");
		buffer_add_span(&why, event->why);
	}
	event->why = buffer_span(&why);
	event_put(engine->out, event);
	engine->events++;
	buffer_release(&why);
}

struct raised_event event_of(struct engine *engine, const struct subject *subject,
	const struct rule *rule, int zone, clock_us time)
{
	const struct zone *place = engine_zone(engine, zone);

	return (struct raised_event){.time = time,
		.rule = rule,
		.zone = place,
		.subject = subject->id,
		.subject_kind = subject->kind,
		.receptions = subject->receptions,
		.has_position = subject->has_position,
		.position = subject->position,
		.alt_m = subject->alt_m,
		.distance_m = place && subject->has_position
				      ? zone_center_distance_m(place, subject->position)
				      : NAN,
		.pilot_distance_m = NAN};
}
