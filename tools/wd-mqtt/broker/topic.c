/* The MQTT topics that a kit's DragonSync publishes and that we subscribe to. Pure. */
#include "tools/wd-mqtt/broker/topic.h"

#include "common/base/utf8.h"

#include <stdio.h>

bool topic_is_valid(const char *topic)
{
	size_t length = strlen(topic);

	return length > 0 && length <= TOPIC_MAX && *topic != '$' && !strpbrk(topic, "+#");
}

bool topics_init(struct topics *topics, const char *prefix)
{
	static const char longest[] = "/aircraft";
	size_t length = strlen(prefix);

	if (!topic_is_valid(prefix) || length + sizeof(longest) > TOPIC_MAX ||
		prefix[length - 1] == '/')
		return false;
	snprintf(topics->drones, sizeof(topics->drones), "%s/drones", prefix);
	snprintf(topics->aircraft, sizeof(topics->aircraft), "%s/aircraft", prefix);
	snprintf(topics->signals, sizeof(topics->signals), "%s/signals", prefix);
	snprintf(topics->system, sizeof(topics->system), "%s/system", prefix);
	snprintf(topics->service, sizeof(topics->service), "%s/service", prefix);
	return true;
}

void topics_filter(const struct topics *topics, unsigned index, char filter[TOPIC_MAX + 32])
{
	const struct {
		const char *topic, *rest;
	} filters[TOPIC_FILTERS] = {
		{topics->drones, ""},
		{topics->aircraft, ""},
		{topics->signals, ""},
		{topics->system, "/+/attrs"},
		{topics->service, "/+/availability"},
		{topics->system, "/attrs"},
		{topics->service, "/availability"},
	};

	snprintf(filter, TOPIC_MAX + 32, "%s%s", filters[index].topic, filters[index].rest);
}

/* Match BASE/LEAF or BASE/SLUG/LEAF, with one level as SLUG. */
static bool match_leaf(const char *topic, const char *base, const char *leaf, struct span *slug)
{
	size_t length = strlen(base);

	if (strncmp(topic, base, length) != 0 || topic[length] != '/')
		return false;
	const char *rest = topic + length + 1;
	const char *slash = strchr(rest, '/');

	*slug = (struct span){0};
	if (!slash)
		return strcmp(rest, leaf) == 0;
	*slug = (struct span){rest, (size_t)(slash - rest)};
	return strcmp(slash + 1, leaf) == 0;
}

bool topics_match(const struct topics *topics, const char *topic, struct topic_match *match)
{
	*match = (struct topic_match){0};
	if (strcmp(topic, topics->drones) == 0)
		match->kind = TOPIC_DRONES;
	else if (strcmp(topic, topics->aircraft) == 0)
		match->kind = TOPIC_AIRCRAFT;
	else if (strcmp(topic, topics->signals) == 0)
		match->kind = TOPIC_SIGNALS;
	else if (match_leaf(topic, topics->system, "attrs", &match->slug))
		match->kind = TOPIC_STATUS;
	else if (match_leaf(topic, topics->service, "availability", &match->slug))
		match->kind = TOPIC_AVAILABILITY;
	else
		return false;
	return true;
}

static bool stays(char byte)
{
	return (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z') ||
	       (byte >= '0' && byte <= '9') || byte == '-' || byte == '_';
}

void topic_slug(const char *kit_id, char *slug, size_t size)
{
	size_t length = strlen(kit_id), written = 0;

	for (size_t at = 0; at < length && written + 1 < size;) {
		uint32_t code;
		size_t bytes = utf8_decode(kit_id + at, length - at, &code);
		slug[written++] = bytes == 1 && stays(kit_id[at]) ? kit_id[at] : '_';
		at += bytes ? bytes : 1;
	}
	slug[written] = '\0';
}
