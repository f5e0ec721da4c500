#include "tools/wd-watch/engine/event.h"

#include "common/base/utf8.h"
#include "common/lines/json.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

enum {
	KITS_SHOWN_MAX = 64
};

static int compare_names(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* The ids of the kits that received the subject, sorted; at most KITS_SHOWN_MAX. */
static size_t kit_ids(const struct raised_event *event, const char *ids[KITS_SHOWN_MAX])
{
	size_t count = 0;

	for (const struct reception *r = event->receptions; r; r = r->next_of_subject) {
		if (count < KITS_SHOWN_MAX)
			ids[count++] = r->kit->id;
	}
	if (!event->receptions && event->kit)
		ids[count++] = event->kit;
	qsort(ids, count, sizeof(*ids), compare_names);
	return count;
}

static void put_kit_ids(struct buffer *out, const char *const *ids, size_t count)
{
	buffer_add_text(out, ",\"kit_ids\":[");
	for (size_t i = 0; i < count; i++) {
		if (i)
			buffer_add_char(out, ',');
		json_put_text(out, span_of(ids[i]));
	}
	buffer_add_char(out, ']');
}

/* Metres to a decimal, so that the last bits of a sine change no byte of an event. */
static void put_metres(struct buffer *out, const char *key, double metres)
{
	json_number(out, key, round(metres * 10) / 10);
}

/* A name for people: nothing in it is invisible, drives a terminal or turns the direction. */
static void put_name(struct buffer *out, const char *name)
{
	size_t length = strlen(name), at = 0;

	while (at < length) {
		uint32_t code;
		size_t size = utf8_decode(name + at, length - at, &code);
		if (!size || utf8_is_invisible(code))
			buffer_add_text(out, UTF8_REPLACEMENT_TEXT);
		else
			buffer_add(out, name + at, size);
		at += size ? size : 1;
	}
}

static const char *verb(enum watch_event kind)
{
	static const char *const verbs[EVENT_COUNT] = {
		[EVENT_FIRST_SEEN] = "first seen",
		[EVENT_SEEN] = "seen again",
		[EVENT_LOST] = "lost",
		[EVENT_ENTER] = "entered",
		[EVENT_DWELL] = "stays in",
		[EVENT_LEAVE] = "left",
		[EVENT_PRESENT] = "is in",
		[EVENT_SIGNAL] = "received",
		[EVENT_ONLINE] = "online",
		[EVENT_OFFLINE] = "offline",
		[EVENT_STALE] = "stale",
	};

	return verbs[kind];
}

/* "intruder: drone X entered HQ, 140 m from its center, 85 m above sea level, pilot 320 m away". */
static void put_text(struct buffer *out, const struct raised_event *event)
{
	struct buffer text = {0};

	buffer_printf(&text, "%s: %s ", event->rule->name, subject_kind_names[event->subject_kind]);
	put_name(&text, event->subject);
	buffer_printf(&text, " %s", verb(event->kind));
	if (event->zone)
		buffer_printf(&text, " %s", event->zone->name);
	if (event->zone && !isnan(event->distance_m))
		buffer_printf(&text, ", %.0f m from its center", event->distance_m);
	if (!isnan(event->alt_m))
		buffer_printf(&text, ", %.0f m above sea level", event->alt_m);
	if (!isnan(event->pilot_distance_m))
		buffer_printf(&text, ", pilot %.0f m away", event->pilot_distance_m);
	json_text(out, "text", buffer_span(&text));
	buffer_release(&text);
}

static void put_why(struct buffer *out, struct span why)
{
	struct buffer name = {0}, shown = {0};

	buffer_add_span(&name, why);
	buffer_add_char(&name, '\0');
	put_name(&shown, name.data ? name.data : "");
	json_text(out, "why", buffer_span(&shown));
	buffer_release(&name);
	buffer_release(&shown);
}

void event_put(struct buffer *out, const struct raised_event *event)
{
	const char *ids[KITS_SHOWN_MAX + 1];
	size_t count = kit_ids(event, ids);

	json_open(out, "event");
	json_time(out, "time", event->time);
	json_text(out, "rule", span_of(event->rule->name));
	json_text(out, "zone", span_of(event->zone ? event->zone->name : ""));
	json_text(out, "event", span_of(watch_event_names[event->kind]));
	json_text(out, "subject", span_of(event->subject));
	put_kit_ids(out, ids, count);
	json_text(out, "level", span_of(event->rule->level));
	if (event->has_position) {
		json_number(out, "lat", event->position.lat);
		json_number(out, "lon", event->position.lon);
	}
	json_number(out, "alt", event->alt_m);
	put_metres(out, "distance_m", event->distance_m);
	put_metres(out, "pilot_distance_m", event->pilot_distance_m);
	if (event->since)
		json_time(out, "since", event->since);
	put_why(out, event->why);
	put_text(out, event);
	json_close(out);
}
