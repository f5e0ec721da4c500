/* The kits that are configured or have published, by the name that they use in their payloads. */
#include "tools/wd-mqtt/kits/kit_table.h"

#include "common/base/hash.h"
#include "tools/wd-mqtt/broker/topic.h"

#include <stdio.h>
#include <stdlib.h>

void kit_table_release(struct kit_table *table)
{
	for (size_t i = 0; i < table->count; i++)
		free(table->items[i]);
	free(table->items);
	*table = (struct kit_table){0};
}

/* Kits with the same name have the same slug, so one index serves both. */
static size_t bucket_of(const struct kit_table *table, struct span slug)
{
	return hash_fold(hash_bytes(table->seed, slug.data, slug.length)) % KIT_TABLE_BUCKETS;
}

struct mqtt_kit *kit_table_find(const struct kit_table *table, const char *name)
{
	char slug[KIT_NAME_SIZE];

	topic_slug(name, slug, sizeof(slug));
	struct mqtt_kit *kit = table->buckets[bucket_of(table, span_of(slug))];
	while (kit && strcmp(kit->name, name) != 0)
		kit = kit->next;
	return kit;
}

struct mqtt_kit *kit_table_find_slug(const struct kit_table *table, struct span slug)
{
	struct mqtt_kit *found = NULL;

	if (!slug.data)
		return NULL;
	for (struct mqtt_kit *kit = table->buckets[bucket_of(table, slug)]; kit; kit = kit->next) {
		if (!span_equals(slug, kit->slug))
			continue;
		if (found)
			return NULL;
		found = kit;
	}
	return found;
}

struct mqtt_kit *kit_table_find_id(const struct kit_table *table, const char *id)
{
	for (size_t i = 0; i < table->count; i++) {
		if (strcmp(table->items[i]->id, id) == 0)
			return table->items[i];
	}
	return NULL;
}

static struct mqtt_kit *append(struct kit_table *table)
{
	/* The array grows when its count reaches a power of two. */
	if ((table->count & (table->count - 1)) == 0) {
		size_t capacity = table->count ? table->count * 2 : 1;
		struct mqtt_kit **items = realloc(table->items, capacity * sizeof(*items));
		if (!items)
			return NULL;
		table->items = items;
	}
	struct mqtt_kit *kit = calloc(1, sizeof(*kit));
	if (kit)
		table->items[table->count++] = kit;
	return kit;
}

struct mqtt_kit *kit_table_add(struct kit_table *table, const char *name, const char *id)
{
	struct mqtt_kit *kit = table->count < KIT_TABLE_MAX ? append(table) : NULL;

	if (!kit)
		return NULL;
	snprintf(kit->name, sizeof(kit->name), "%s", name);
	snprintf(kit->id, sizeof(kit->id), "%s", id);
	topic_slug(name, kit->slug, sizeof(kit->slug));
	struct mqtt_kit **bucket = &table->buckets[bucket_of(table, span_of(kit->slug))];
	kit->next = *bucket;
	*bucket = kit;
	return kit;
}
