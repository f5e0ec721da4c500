#define _GNU_SOURCE /* memmem */
#include "common/map/event_list.h"

#include "common/base/array.h"
#include "common/base/hash.h"
#include "common/base/xalloc.h"
#include "common/lines/json.h"
#include "common/scan/scan.h"

#include <stdlib.h>

enum {
	EVENT_TYPE,
	EVENT_TIME,
	EVENT_RULE,
	EVENT_ZONE,
	EVENT_KIND,
	EVENT_SUBJECT,
	EVENT_LEVEL,
	EVENT_LAT,
	EVENT_LON,
	EVENT_WHY,
	EVENT_TEXT,
	EVENT_FIELDS,
};

static const char *const event_names[EVENT_FIELDS] = {
	[EVENT_TYPE] = "type",
	[EVENT_TIME] = "time",
	[EVENT_RULE] = "rule",
	[EVENT_ZONE] = "zone",
	[EVENT_KIND] = "event",
	[EVENT_SUBJECT] = "subject",
	[EVENT_LEVEL] = "level",
	[EVENT_LAT] = "lat",
	[EVENT_LON] = "lon",
	[EVENT_WHY] = "why",
	[EVENT_TEXT] = "text",
};

void event_list_release(struct event_list *list)
{
	for (size_t i = 0; list->items && i < EVENT_LIST_MAX; i++)
		free(list->items[i].json);
	free(list->items);
	*list = (struct event_list){0};
}

static uint64_t key_of(const struct scan_member *members)
{
	uint64_t hash = HASH_START;

	for (int i = EVENT_TIME; i <= EVENT_SUBJECT; i++) {
		hash = hash_bytes(hash, members[i].value.data, members[i].value.length);
		hash = hash_bytes(hash, "", 1);
	}
	return hash;
}

/* Texts and numbers are on one line and need no check; anything else is left out. */
static void put_event(struct buffer *out, const struct scan_member *members, clock_us time)
{
	buffer_printf(out, "{\"ms\":%lld", (long long)time / 1000);
	for (int i = EVENT_RULE; i < EVENT_FIELDS; i++) {
		struct span value = members[i].value;
		bool is_number = i == EVENT_LAT || i == EVENT_LON;
		if (scan_kind(value) == (is_number ? SCAN_NUMBER : SCAN_TEXT))
			json_raw(out, event_names[i], value);
	}
	buffer_add_text(out, "}");
	buffer_add_char(out, '\0');
}

static bool is_listed(const struct event_list *list, uint64_t key)
{
	for (uint64_t i = list->added; i-- > 0 && i + EVENT_LIST_MAX >= list->added;) {
		if (list->items[i % EVENT_LIST_MAX].key == key)
			return true;
	}
	return false;
}

bool event_list_add(struct event_list *list, struct span line)
{
	static struct scan_keys keys;
	struct scan_member members[EVENT_FIELDS];
	struct scan_error error;
	struct buffer json = {0};
	clock_us time;

	if (!keys.count)
		scan_keys_init(&keys, event_names, EVENT_FIELDS);
	/* A cheap test first: few lines are events. */
	if (!memmem(line.data, line.length, "\"event\"", 7) ||
		!scan_object(line, &keys, members, &error) ||
		!scan_text_is(members[EVENT_TYPE].value, "event") ||
		!scan_time(members[EVENT_TIME].value, &time))
		return false;
	if (!list->items)
		list->items = xcalloc(EVENT_LIST_MAX, sizeof(*list->items));
	uint64_t key = key_of(members);
	if (is_listed(list, key))
		return false;
	put_event(&json, members, time);
	struct listed_event *event = &list->items[list->added++ % EVENT_LIST_MAX];
	free(event->json);
	*event = (struct listed_event){.time = time, .key = key, .json = json.data};
	return true;
}

void event_list_put(
	const struct event_list *list, uint64_t since, clock_us time, struct buffer *out)
{
	uint64_t first = list->added > EVENT_LIST_MAX ? list->added - EVENT_LIST_MAX : 0;
	const char *separator = "";

	for (uint64_t i = since > first ? since : first; i < list->added; i++) {
		const struct listed_event *event = &list->items[i % EVENT_LIST_MAX];
		if (event->time < time || !event->json)
			continue;
		buffer_add_text(out, separator);
		buffer_add_text(out, event->json);
		separator = ",";
	}
}
