#include "tools/wd-watch/engine/look.h"

#include "tools/wd-watch/engine/raise.h"

#include <math.h>
#include <stdio.h>

/* One observation, and what has been found out about it so far. */
struct look {
	struct engine *engine;
	struct subject *subject;
	const struct watch_kit *kit;
	const struct watch_line *line;
	clock_us before;
	struct condition_subject values;
};

/* The rule that is applied to it. */
struct rule_match {
	const struct rule *rule;
	size_t number;
	bool is_known, holds; /* whether `where` and `except` were evaluated, and hold */
};

static bool rule_holds(struct rule_match *match, const struct look *look)
{
	if (!match->is_known)
		match->holds = rule_matches(match->rule, &look->values);
	match->is_known = true;
	return match->holds;
}

static void raise_look(const struct look *look, const struct rule_match *match,
	struct watch_track *track, enum watch_event kind)
{
	struct raised_event event =
		event_of(look->engine, look->subject, match->rule, track->zone, look->line->time);

	event.kind = kind;
	event.pilot_distance_m = look->values.pilot_distance_m;
	event.since = track->entered ? track->entered : look->subject->appeared;
	raise_event(look->engine, &event, &look->values);
}

/* --- zones */

/* Altitude in the zone's datum; NAN: not known. */
static double zone_altitude_m(const struct zone *zone, const struct look *look)
{
	switch (zone->datum) {
	case ZONE_ABOVE_KIT:
		return look->values.above_kit_m;
	case ZONE_ABOVE_TAKEOFF:
		return look->line->height_m;
	default:
		return look->line->alt_m;
	}
}

/* How far outside of the zone the observation is, to the side, above or below, in metres; NAN if
 * its position is unknown. An unknown altitude counts as inside. */
static double outside_of(const struct look *look, int number)
{
	const struct zone *zone = engine_zone(look->engine, number);

	if (!zone)
		return 0;
	if (!look->line->has_position)
		return NAN;
	double outside_m = look->engine->outside_m[number];
	double altitude_m = zone_altitude_m(zone, look);
	if (!isnan(altitude_m))
		outside_m = fmax(
			outside_m, fmax(zone->floor_m - altitude_m, altitude_m - zone->ceiling_m));
	return outside_m;
}

static bool may_repeat(struct watch_track *track, const struct rule *rule, clock_us time)
{
	if (track->raised && time - track->raised < rule->again_us)
		return false;
	track->raised = time;
	return true;
}

static void enter(const struct look *look, struct rule_match *match, struct watch_track *track)
{
	clock_us time = look->line->time;

	track->is_inside = true;
	track->entered = time;
	track->outside_since = 0;
	track->has_dwelled = false;
	track->is_quiet = !may_repeat(track, match->rule, time);
	if (!track->is_quiet)
		raise_look(look, match, track, track->is_present ? EVENT_PRESENT : EVENT_ENTER);
}

/* Consecutive observations inside: counted until there are enough of them in a short enough
 * time. */
static void count_hit(const struct look *look, struct rule_match *match, struct watch_track *track)
{
	const struct rule *rule = match->rule;
	clock_us time = look->line->time;

	if (track->hits == rule->enter_count) {
		memmove(track->recent, track->recent + 1,
			sizeof(*track->recent) * (track->hits - 1u));
		track->hits--;
	}
	track->recent[track->hits++] = time;
	if (track->hits == rule->enter_count && time - track->recent[0] <= rule->enter_us)
		enter(look, match, track);
}

static void leave(const struct look *look, struct rule_match *match, struct watch_track *track)
{
	track->is_inside = false;
	track->is_present = false;
	track->hits = 0;
	if (!track->is_quiet)
		raise_look(look, match, track, EVENT_LEAVE);
	track->entered = 0;
	track->outside_since = 0;
}

static void dwell(const struct look *look, struct rule_match *match, struct watch_track *track)
{
	if (track->has_dwelled || track->is_quiet || !match->rule->dwell_us ||
		look->line->time - track->entered < match->rule->dwell_us)
		return;
	track->has_dwelled = true;
	raise_look(look, match, track, EVENT_DWELL);
}

static void stay(const struct look *look, struct rule_match *match, struct watch_track *track,
	double outside_m)
{
	clock_us time = look->line->time;

	if (rule_holds(match, look) && outside_m <= match->rule->leave_m) {
		track->outside_since = 0;
		if (outside_m == 0)
			dwell(look, match, track);
		return;
	}
	if (!track->outside_since)
		track->outside_since = time;
	if (time - track->outside_since >= match->rule->leave_us)
		leave(look, match, track);
}

/* Seen for the first time, or again after it was lost. */
static void appear(const struct look *look, struct rule_match *match, struct watch_track *track)
{
	enum watch_event kind = track->appearance ? EVENT_SEEN : EVENT_FIRST_SEEN;

	if (track->appearance == look->subject->appeared)
		return;
	track->appearance = look->subject->appeared;
	raise_look(look, match, track, kind);
	if (look->subject->kind == SUBJECT_SIGNAL)
		raise_look(look, match, track, EVENT_SIGNAL);
}

static void look_zone(const struct look *look, struct rule_match *match, int zone)
{
	struct engine *engine = look->engine;
	struct watch_track *track = track_find(look->subject->tracks, match->number, zone);
	double outside_m = outside_of(look, zone);

	if (isnan(outside_m) || (!track && outside_m > 0))
		return;
	bool is_inside = outside_m == 0 && rule_holds(match, look);
	if (!track && !is_inside)
		return;
	if (!track) {
		clock_us loaded = engine->loaded[match->number];
		track = track_open(&engine->subjects, &look->subject->tracks, match->number, zone);
		track->is_present =
			look->before < loaded && look->line->time <= loaded + ENGINE_PRESENT_US;
	}
	if (is_inside)
		appear(look, match, track);
	if (track->is_inside) {
		stay(look, match, track, outside_m);
	} else if (is_inside) {
		count_hit(look, match, track);
	} else {
		track->hits = 0;
		track->is_present = false;
	}
}

/* --- the three occasions */

static double pilot_distance_m(const struct watch_line *line)
{
	return line->has_position && line->has_pilot
		       ? geodesy_distance_m(line->position, line->pilot)
		       : NAN;
}

static struct condition_subject values_of(const struct engine *engine, const struct watch_kit *kit,
	const struct watch_line *line, enum subject_kind kind)
{
	return (struct condition_subject){.line = line,
		.kind = subject_kind_names[kind],
		.known = rules_known_tag(engine->rules, line),
		.range_m = line->has_position && kit->has_position
				   ? geodesy_distance_m(line->position, kit->position)
				   : NAN,
		.pilot_distance_m = pilot_distance_m(line),
		.above_kit_m = line->alt_m - kit->alt_m};
}

struct nearby {
	struct engine *engine;
	struct position position;
};

static void measure(void *self, size_t zone)
{
	struct nearby *nearby = self;
	struct engine *engine = nearby->engine;

	engine->outside_m[zone] =
		zone_outside_m(&engine->rules->zones.items[zone], nearby->position);
}

/* Measure the zones that are near, and mark those that a rule has a track in: the others need no
 * look. */
static void measure_zones(
	struct engine *engine, const struct subject *subject, const struct watch_line *line)
{
	struct nearby nearby = {engine, line->position};

	for (size_t i = 0; i < engine->rules->zones.count; i++)
		engine->outside_m[i] = ENGINE_ZONE_FAR;
	for (const struct watch_track *track = subject->tracks; track; track = track->next) {
		if (track->zone != RULE_ZONE_NONE)
			engine->outside_m[track->zone] = INFINITY;
	}
	if (line->has_position)
		zones_visit(&engine->rules->zones, line->position, measure, &nearby);
}

void look_observation(struct engine *engine, struct subject *subject, const struct watch_kit *kit,
	const struct watch_line *line, clock_us before)
{
	struct look look = {.engine = engine,
		.subject = subject,
		.kit = kit,
		.line = line,
		.before = before,
		.values = values_of(engine, kit, line, subject->kind)};

	measure_zones(engine, subject, line);
	for (size_t r = 0; r < engine->rules->count; r++) {
		struct rule_match match = {.rule = &engine->rules->items[r], .number = r};
		for (size_t z = 0; z < match.rule->zone_count; z++) {
			int zone = match.rule->zones[z];
			if (zone == RULE_ZONE_NONE || engine->outside_m[zone] != ENGINE_ZONE_FAR)
				look_zone(&look, &match, zone);
		}
	}
}

static void lose_track(
	struct engine *engine, struct subject *subject, struct watch_track *track, clock_us time)
{
	const struct rule *rule = &engine->rules->items[track->rule];
	struct raised_event event = event_of(engine, subject, rule, track->zone, time);

	bool was_there = track->zone == RULE_ZONE_NONE ? track->appearance == subject->appeared
						       : track->is_inside;
	event.since = track->entered ? track->entered : subject->appeared;
	event.kind = EVENT_LOST;
	event.why = SPAN("no new observation");
	if (was_there && !track->is_quiet)
		raise_event(engine, &event, NULL);
	event.kind = EVENT_LEAVE;
	event.why = SPAN("no new observation");
	if (track->is_inside && !track->is_quiet)
		raise_event(engine, &event, NULL);
	track->is_inside = track->is_present = false;
	track->hits = 0;
	track->entered = track->outside_since = 0;
}

void look_lost(struct engine *engine, struct subject *subject, clock_us time)
{
	for (size_t r = 0; r < engine->rules->count; r++) {
		const struct rule *rule = &engine->rules->items[r];
		for (size_t z = 0; z < rule->zone_count; z++) {
			struct watch_track *track = track_find(subject->tracks, r, rule->zones[z]);
			if (track)
				lose_track(engine, subject, track, time);
		}
	}
}

static bool event_of_state(const char *state, enum watch_event *kind)
{
	for (int i = EVENT_ONLINE; i <= EVENT_STALE; i++) {
		if (strcmp(watch_event_names[i], state) == 0) {
			*kind = (enum watch_event)i;
			return true;
		}
	}
	return false;
}

void look_kit(struct engine *engine, struct watch_kit *kit, const char *state,
	const struct watch_line *line)
{
	struct condition_subject values = values_of(engine, kit, line, SUBJECT_KIT);
	struct raised_event event = {.time = line->time,
		.subject = kit->id,
		.subject_kind = SUBJECT_KIT,
		.kit = kit->id,
		.has_position = kit->has_position,
		.position = kit->position,
		.alt_m = kit->alt_m,
		.distance_m = NAN,
		.pilot_distance_m = NAN};
	char why[64];

	if (!event_of_state(state, &event.kind) || (event.kind == EVENT_ONLINE && !*kit->state))
		return;
	snprintf(why, sizeof(why), "was %s", *kit->state ? kit->state : "unknown");
	for (size_t r = 0; r < engine->rules->count; r++) {
		event.rule = &engine->rules->items[r];
		event.why = span_of(why);
		if (!(event.rule->on & EVENT_BIT(event.kind)) || !rule_matches(event.rule, &values))
			continue;
		struct watch_track *track =
			track_open(&engine->subjects, &kit->tracks, r, (int)event.kind);
		if (may_repeat(track, event.rule, line->time))
			raise_event(engine, &event, &values);
	}
}
