/* All kits that are polled, in the order of their turns, and how a reload changes them. */
#include "tools/wd-poll/crowd.h"

#include "common/log.h"
#include "tools/wd-poll/load.h"

#include <stdlib.h>
#include <sysexits.h>

static void put_kit_line(struct buffer *out, const struct polled *polled)
{
	if (polled->known)
		kit_put_line(out, polled->kit, polled->id);
}

static struct due_place next_place(struct crowd *crowd, const struct kit *kit)
{
	return due_place(crowd->start_us, crowd->next_index++, kit);
}

/* Takes over `kit`; NULL without memory. */
static struct polled *begin(struct crowd *crowd, struct kit *kit, int64_t now_us)
{
	struct polled *polled = polled_new(kit, next_place(crowd, kit), crowd->once, now_us);

	if (polled && queue_add(&crowd->queue, &polled->turn))
		return polled;
	free(polled);
	return NULL;
}

int crowd_open(struct crowd *crowd, struct kits *kits, bool once, struct buffer *out)
{
	*crowd = (struct crowd){.once = once, .start_us = clock_mono_us()};
	crowd->polled = calloc(kits->count + 1, sizeof(struct polled *));
	for (size_t i = 0; crowd->polled && i < kits->count; i++) {
		struct polled *polled = begin(crowd, kits->items[i], crowd->start_us);
		if (!polled)
			break;
		kits->items[i] = NULL;
		crowd->polled[crowd->count++] = polled;
		put_kit_line(out, polled);
	}
	bool whole = crowd->count == kits->count;
	kits_release(kits);
	return whole ? 0 : fail(EX_OSERR, "out of memory");
}

void crowd_release(struct crowd *crowd)
{
	for (size_t i = 0; i < crowd->count; i++)
		polled_free(crowd->polled[i]);
	free(crowd->polled);
	queue_release(&crowd->queue);
}

struct polled *crowd_due(const struct crowd *crowd, int64_t now_us)
{
	struct queue_item *first = queue_first(&crowd->queue);

	return first && first->at_us <= now_us ? first->owner : NULL;
}

void crowd_schedule(struct crowd *crowd, struct polled *polled)
{
	queue_move(&crowd->queue, &polled->turn, due_next_us(&polled->due));
}

int64_t crowd_next_us(const struct crowd *crowd)
{
	struct queue_item *first = queue_first(&crowd->queue);

	return first ? first->at_us : DUE_NEVER;
}

bool crowd_has(const void *self, const char *id)
{
	const struct crowd *crowd = self;

	for (size_t i = 0; i < crowd->count; i++) {
		if (crowd->polled[i]->known && strcmp(crowd->polled[i]->id, id) == 0)
			return true;
	}
	return false;
}

bool crowd_finished(const struct crowd *crowd)
{
	for (size_t i = 0; i < crowd->count; i++) {
		if (!polled_finished(crowd->polled[i]))
			return false;
	}
	return true;
}

bool crowd_all_good(const struct crowd *crowd)
{
	for (size_t i = 0; i < crowd->count; i++) {
		if (crowd->polled[i]->kit->enabled && !crowd->polled[i]->seen_good)
			return false;
	}
	return true;
}

/* What tells kits apart across reloads. */
static const char *name_of(const struct kit *kit)
{
	return kit->id ? kit->id : kit->api_url;
}

static int compare_names(const void *a, const void *b)
{
	const struct polled *first = *(struct polled *const *)a;
	const struct polled *second = *(struct polled *const *)b;

	return strcmp(name_of(first->kit), name_of(second->kit));
}

static int compare_name_with(const void *name, const void *polled)
{
	return strcmp(name, name_of((*(struct polled *const *)polled)->kit));
}

/* Times of observations must not move because a tag was added. */
static void inherit(struct polled *heir, const struct polled *old)
{
	if (strcmp(heir->kit->api_url, old->kit->api_url) == 0)
		heir->offset = old->offset;
}

/* The polled kit for `*kit`: the old one if nothing has changed, else a new one that takes over
 * `*kit`. NULL without memory. */
static struct polled *carry_over(
	struct crowd *crowd, struct polled **old, struct kit **kit, int64_t now_us)
{
	struct polled **found = bsearch(
		name_of(*kit), old, crowd->count, sizeof(struct polled *), compare_name_with);

	if (found && kit_same((*found)->kit, *kit)) {
		(*found)->stays = true;
		return *found;
	}
	struct polled *polled = begin(crowd, *kit, now_us);
	if (polled)
		*kit = NULL;
	if (polled && found) {
		inherit(polled, *found);
		(*found)->replaced = true;
	}
	return polled;
}

/* Whoever watches kits is told that this one is none any more. */
static void put_farewell(struct buffer *out, struct polled *polled)
{
	polled->kit->enabled = false;
	put_kit_line(out, polled);
}

static void drop_unless_they_stay(struct crowd *crowd, struct polled **old, size_t count,
	struct fetcher *fetcher, struct buffer *out)
{
	for (size_t i = 0; i < count; i++) {
		if (old[i]->stays) {
			old[i]->stays = false;
			continue;
		}
		if (!old[i]->replaced)
			put_farewell(out, old[i]);
		fetch_cancel(fetcher, old[i]);
		queue_remove(&crowd->queue, &old[i]->turn);
		polled_free(old[i]);
	}
}

/* A name that a kit has told may now be configured for another. */
static void refuse_taken_names(struct crowd *crowd)
{
	for (size_t i = 0; i < crowd->count; i++) {
		struct polled *told = crowd->polled[i];
		if (!told->known || told->kit->id)
			continue;
		for (size_t k = 0; k < crowd->count; k++) {
			const char *id = crowd->polled[k]->kit->id;
			if (id && strcmp(id, told->id) == 0)
				polled_refuse(told, id);
		}
		crowd_schedule(crowd, told);
	}
}

static int replace_all(
	struct crowd *crowd, struct kits *kits, struct fetcher *fetcher, struct buffer *out)
{
	struct polled **polled = calloc(kits->count + 1, sizeof(struct polled *));
	int64_t now_us = clock_mono_us();
	bool whole = polled != NULL;

	if (!polled)
		return fail(EX_OSERR, "out of memory");
	qsort(crowd->polled, crowd->count, sizeof(struct polled *), compare_names);
	for (size_t i = 0; i < kits->count && whole; i++) {
		polled[i] = carry_over(crowd, crowd->polled, &kits->items[i], now_us);
		whole = polled[i] != NULL;
	}
	if (!whole) {
		free(polled);
		return fail(EX_OSERR, "out of memory");
	}
	drop_unless_they_stay(crowd, crowd->polled, crowd->count, fetcher, out);
	free(crowd->polled);
	crowd->polled = polled;
	crowd->count = kits->count;
	refuse_taken_names(crowd);
	return 0;
}

int crowd_reload(struct crowd *crowd, const struct kits_source *source, struct fetcher *fetcher,
	struct buffer *out)
{
	struct kits kits = {0};

	if (load_kits(source, &kits)) {
		log_error("the kits stay as they were",
			{"kits", log_number((int64_t)crowd->count).text});
		return 0;
	}
	int status = replace_all(crowd, &kits, fetcher, out);
	kits_release(&kits);
	if (status)
		return status;
	for (size_t i = 0; i < crowd->count; i++)
		put_kit_line(out, crowd->polled[i]);
	log_info("kits loaded anew", {"kits", log_number((int64_t)crowd->count).text});
	return 0;
}
