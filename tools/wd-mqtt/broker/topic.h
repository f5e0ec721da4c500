/* The MQTT topics that a kit's DragonSync publishes and that we subscribe to. Pure. */
#ifndef WD_MQTT_TOPIC_H
#define WD_MQTT_TOPIC_H

#include "common/base/span.h"

/* MQTT 5, section 1.5.4 allows 65,535 bytes; a topic of ours is far shorter. */
#define TOPIC_MAX 255

enum topic_kind {
	TOPIC_DRONES,
	TOPIC_AIRCRAFT,
	TOPIC_SIGNALS,
	TOPIC_STATUS,       /* system/SLUG/attrs, and system/attrs before May 2026 */
	TOPIC_AVAILABILITY, /* service/SLUG/availability: the last will; the older form likewise */
};

/* The topics of one installation. DragonSync lets its operator choose the first three; it derives
 * the other two from a fixed prefix. */
struct topics {
	char drones[TOPIC_MAX + 1], aircraft[TOPIC_MAX + 1], signals[TOPIC_MAX + 1];
	char system[TOPIC_MAX + 1], service[TOPIC_MAX + 1];
};

/* Set `topics` to PREFIX/drones, PREFIX/aircraft … False if `prefix` is empty, too long, has a
 * wildcard or a `$` in front, or ends with a slash. */
bool topics_init(struct topics *topics, const char *prefix);

/* Whether `topic` can be published to: 1..TOPIC_MAX bytes, no wildcard, no `$` in front (MQTT 5,
 * section 4.7). */
bool topic_is_valid(const char *topic);

/* The number of topic filters, and the filter `index` of them. There is none that matches per-drone
 * topics, which repeat the aggregate ones, or `#`. */
#define TOPIC_FILTERS 7
void topics_filter(const struct topics *topics, unsigned index, char filter[TOPIC_MAX + 32]);

struct topic_match {
	enum topic_kind kind;
	struct span slug; /* a part of the topic; NULL for topics that have none */
};

/* False for a topic that no filter matches. */
bool topics_match(const struct topics *topics, const char *topic, struct topic_match *match);

/* How DragonSync writes the id of a kit in a topic: each character except letters, digits, `-` and
 * `_` becomes `_`. Write at most `size` - 1 bytes and a NUL. */
void topic_slug(const char *kit_id, char *slug, size_t size);

#endif
