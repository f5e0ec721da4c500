/* The kits that wd-health knows, by id. */
#include "tools/wd-health/fleet.h"

#include <stdlib.h>
#include <unistd.h>

enum {
	FIRST_KITS = 16
};

void fleet_release(struct fleet *fleet)
{
	free(fleet->kits);
	free(fleet->slots);
	*fleet = (struct fleet){0};
}

/* FNV-1a from a secret beginning, so that nobody can choose ids that fall on one slot. */
static size_t hash(const struct fleet *fleet, const char *id)
{
	uint64_t value = fleet->seed;

	for (; *id; id++)
		value = (value ^ (unsigned char)*id) * UINT64_C(0x100000001b3);
	return (size_t)(value ^ value >> 32);
}

/* Where the id is, or where it would be put. */
static size_t slot_of(const struct fleet *fleet, const char *id)
{
	size_t slot = hash(fleet, id) & (fleet->slot_count - 1);

	while (fleet->slots[slot] && strcmp(fleet->kits[fleet->slots[slot] - 1].id, id) != 0)
		slot = (slot + 1) & (fleet->slot_count - 1);
	return slot;
}

struct kit *fleet_find(const struct fleet *fleet, const char *id)
{
	if (!fleet->slot_count)
		return NULL;
	uint32_t number = fleet->slots[slot_of(fleet, id)];
	return number ? &fleet->kits[number - 1] : NULL;
}

/* Twice as many kits, and slots for twice as many kits again. */
static bool grow(struct fleet *fleet)
{
	size_t room = fleet->slot_count ? fleet->slot_count : FIRST_KITS;
	struct kit *kits = realloc(fleet->kits, room * sizeof(*kits));

	if (!kits)
		return false;
	fleet->kits = kits;
	uint32_t *slots = calloc(2 * room, sizeof(*slots));
	if (!slots)
		return false;
	free(fleet->slots);
	fleet->slots = slots;
	fleet->slot_count = 2 * room;
	for (size_t i = 0; i < fleet->count; i++)
		fleet->slots[slot_of(fleet, fleet->kits[i].id)] = (uint32_t)i + 1;
	return true;
}

/* Without a source of chance the hash is merely a known one. */
static void choose_seed(struct fleet *fleet)
{
	if (getentropy(&fleet->seed, sizeof(fleet->seed)))
		fleet->seed = UINT64_C(0xcbf29ce484222325);
}

struct kit *fleet_add(struct fleet *fleet, const char *id)
{
	struct kit *kit = fleet_find(fleet, id);

	if (kit)
		return kit;
	if (fleet->count == FLEET_KITS_MAX) {
		fleet->turned_away++;
		return NULL;
	}
	if (!fleet->slot_count)
		choose_seed(fleet);
	if (fleet->count == fleet->slot_count / 2 && !grow(fleet))
		return NULL;
	kit = &fleet->kits[fleet->count];
	*kit = (struct kit){.watched = true};
	memcpy(kit->id, id, strnlen(id, RECORD_ID_MAX));
	fleet->slots[slot_of(fleet, id)] = (uint32_t)++fleet->count;
	return kit;
}
