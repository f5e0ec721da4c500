/* The kits that wd-health knows, by id. */
#include "tools/wd-health/fleet/fleet.h"

#include "common/base/hash.h"
#include "common/base/xalloc.h"

#include <stdlib.h>

enum {
	FIRST_KITS = 16
};

void fleet_release(struct fleet *fleet)
{
	free(fleet->kits);
	free(fleet->slots);
	*fleet = (struct fleet){0};
}

/* From a random start, so that an attacker cannot choose ids that share a slot. */
static size_t hash(const struct fleet *fleet, const char *id)
{
	return (size_t)hash_fold(hash_bytes(fleet->seed, id, strlen(id)));
}

/* Return the slot of the id, or the free one where it belongs. */
static size_t slot_of(const struct fleet *fleet, const char *id)
{
	size_t slot = hash(fleet, id) & (fleet->slot_count - 1);

	while (fleet->slots[slot] && strcmp(fleet->kits[fleet->slots[slot] - 1].id, id) != 0)
		slot = (slot + 1) & (fleet->slot_count - 1);
	return slot;
}

struct health_kit *fleet_find(const struct fleet *fleet, const char *id)
{
	if (!fleet->slot_count)
		return NULL;
	uint32_t number = fleet->slots[slot_of(fleet, id)];
	return number ? &fleet->kits[number - 1] : NULL;
}

/* Double the room for kits, with twice as many slots. */
static void grow(struct fleet *fleet)
{
	size_t room = fleet->slot_count ? fleet->slot_count : FIRST_KITS;

	fleet->kits = xrealloc(fleet->kits, room * sizeof(*fleet->kits));
	free(fleet->slots);
	fleet->slots = xcalloc(2 * room, sizeof(*fleet->slots));
	fleet->slot_count = 2 * room;
	for (size_t i = 0; i < fleet->count; i++)
		fleet->slots[slot_of(fleet, fleet->kits[i].id)] = (uint32_t)i + 1;
}

struct health_kit *fleet_add(struct fleet *fleet, const char *id)
{
	struct health_kit *kit = fleet_find(fleet, id);

	if (kit)
		return kit;
	if (fleet->count == FLEET_KITS_MAX) {
		fleet->rejected++;
		return NULL;
	}
	if (!fleet->slot_count)
		fleet->seed = hash_seed();
	if (fleet->count == fleet->slot_count / 2)
		grow(fleet);
	kit = &fleet->kits[fleet->count];
	*kit = (struct health_kit){.watched = true};
	memcpy(kit->id, id, strnlen(id, RECORD_ID_MAX));
	fleet->slots[slot_of(fleet, id)] = (uint32_t)++fleet->count;
	return kit;
}
