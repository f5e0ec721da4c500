#include "tools/wd-watch/engine/engine.h"

#include "common/base/hash.h"
#include "common/base/xalloc.h"
#include "tools/wd-watch/engine/look.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

void engine_init(
	struct engine *engine, const struct rules *rules, int64_t late_us, struct buffer *out)
{
	*engine = (struct engine){.rules = rules, .out = out, .late_us = late_us};
	engine->loaded = xcalloc(rules->count + 1, sizeof(*engine->loaded));
	engine->outside_m = xcalloc(rules->zones.count + 1, sizeof(*engine->outside_m));
}

void engine_release(struct engine *engine)
{
	subjects_release(&engine->subjects);
	free(engine->loaded);
	free(engine->outside_m);
}

/* --- time */

/* At its time, however late the line arrives that shows it: a replay, in which time moves in larger
 * steps, raises the same events. */
static void lose(struct engine *engine, struct subject *subject)
{
	look_lost(engine, subject, subject->last + engine->rules->lost_us);
	subject->is_gone = true;
	subjects_unreceive_all(&engine->subjects, subject);
}

/* Bring a kit to `time`. What it received and has not observed for lost_us is lost, unless another
 * kit observed it later: then it is that kit's time that counts. */
static void advance(struct engine *engine, struct watch_kit *kit, clock_us time)
{
	int64_t lost_us = engine->rules->lost_us;

	if (time > kit->time)
		kit->time = time;
	while (kit->oldest && kit->oldest->last + lost_us <= kit->time) {
		struct reception *reception = kit->oldest;
		if (reception->subject->last + lost_us <= kit->time)
			lose(engine, reception->subject);
		else
			subjects_unreceive(&engine->subjects, reception);
	}
}

static uint64_t poller_of(const struct watch_line *line)
{
	char poller[WATCH_ID_SIZE];

	if (!scan_text(line->members[WATCH_KEY_POLLER].value, poller, sizeof(poller)))
		return 0;
	return hash_bytes(HASH_START, poller, strlen(poller));
}

static void tick(struct engine *engine, const struct watch_line *line)
{
	uint64_t poller = poller_of(line);

	for (size_t i = 0; i < engine->subjects.kit_count; i++) {
		struct watch_kit *kit = engine->subjects.kits[i];
		if (kit->poller == poller)
			advance(engine, kit, line->time);
	}
}

/* --- kits */

static void place_kit(struct watch_kit *kit, const struct watch_line *line)
{
	if (!line->has_position)
		return;
	kit->has_position = true;
	kit->position = line->position;
	kit->alt_m = line->alt_m;
}

static void change_state(
	struct engine *engine, struct watch_kit *kit, const struct watch_line *line)
{
	char state[sizeof(kit->state)];

	scan_text(line->members[WATCH_KEY_STATUS].value, state, sizeof(state));
	if (strcmp(state, kit->state) == 0)
		return;
	look_kit(engine, kit, state, line);
	memcpy(kit->state, state, sizeof(state));
}

/* --- observations */

static void subject_id(const struct watch_line *line, char id[SUBJECT_ID_SIZE])
{
	if (line->type == WATCH_LINE_DRONE && record_id_is_placeholder(line->id))
		snprintf(id, SUBJECT_ID_SIZE, "%s@%s", line->id, line->kit_id);
	else
		snprintf(id, SUBJECT_ID_SIZE, "%s", line->id);
}

static enum subject_kind kind_of(const struct watch_line *line)
{
	if (line->type == WATCH_LINE_SIGNAL)
		return SUBJECT_SIGNAL;
	return line->is_aircraft ? SUBJECT_AIRCRAFT : SUBJECT_DRONE;
}

static struct subject *open_subject(struct engine *engine, const struct watch_line *line)
{
	char id[SUBJECT_ID_SIZE];

	subject_id(line, id);
	struct subject *subject = subjects_find(&engine->subjects, id);
	if (!subject) {
		subject = subjects_add(&engine->subjects, id, kind_of(line));
		subject->first = subject->appeared = line->time;
	}
	return subject;
}

static void observe(struct engine *engine, struct watch_kit *kit, const struct watch_line *line)
{
	if (line->time < kit->time - engine->late_us) {
		engine->late++;
		return;
	}
	struct subject *subject = open_subject(engine, line);
	clock_us before = subject->last;
	if (before && !subject->is_gone && line->time >= before + engine->rules->lost_us)
		lose(engine, subject);
	if (line->time >= before)
		subjects_receive(&engine->subjects, subject, kit, line->time);
	if (line->time <= before)
		return;
	if (subject->is_gone)
		subject->appeared = line->time;
	subject->is_gone = false;
	subject->last = line->time;
	if (line->has_position) {
		subject->has_position = true;
		subject->position = line->position;
		subject->alt_m = line->alt_m;
	}
	look_observation(engine, subject, kit, line, before);
}

static void note_loaded(struct engine *engine, clock_us time)
{
	for (size_t i = 0; i < engine->rules->count; i++) {
		if (!engine->loaded[i])
			engine->loaded[i] = time;
	}
}

void engine_line(struct engine *engine, const struct watch_line *line)
{
	if (line->type == WATCH_LINE_OTHER || line->type == WATCH_LINE_MARK)
		return;
	if (line->type != WATCH_LINE_STATUS)
		note_loaded(engine, line->time);
	if (line->type == WATCH_LINE_TICK) {
		tick(engine, line);
		return;
	}
	struct watch_kit *kit = subjects_kit(&engine->subjects, line->kit_id);
	if (!kit)
		return;
	switch (line->type) {
	case WATCH_LINE_TIME:
		kit->poller = poller_of(line);
		advance(engine, kit, line->time);
		break;
	case WATCH_LINE_HEALTH:
		place_kit(kit, line);
		break;
	case WATCH_LINE_STATUS:
		change_state(engine, kit, line);
		break;
	default:
		observe(engine, kit, line);
	}
}
