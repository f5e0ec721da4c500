/* All kits that are polled, in the order of their turns, and how a reload changes them. */
#include "tools/wd-poll/schedule/kit_set.h"

#include "common/log.h"
#include "tools/wd-poll/config/load.h"

#include <stdlib.h>
#include <sysexits.h>

static void put_kit_line(struct buffer *out, const struct kit_poll *poll)
{
	if (poll->known)
		kit_format(out, poll->kit, poll->id);
}

static struct schedule_phase next_place(struct kit_set *set, const struct kit_config *kit)
{
	return schedule_phase(set->start_us, set->next_index++, kit);
}

/* Takes over `kit`; NULL without memory. */
static struct kit_poll *begin(struct kit_set *set, struct kit_config *kit, int64_t now_us)
{
	struct kit_poll *poll = kit_poll_new(kit, next_place(set, kit), set->once, now_us);

	if (poll && queue_add(&set->queue, &poll->iterate))
		return poll;
	free(poll);
	return NULL;
}

int kit_set_open(struct kit_set *set, struct kit_list *kits, bool once, struct buffer *out)
{
	*set = (struct kit_set){.once = once, .start_us = clock_mono_us()};
	set->poll = calloc(kits->count + 1, sizeof(struct kit_poll *));
	for (size_t i = 0; set->poll && i < kits->count; i++) {
		struct kit_poll *poll = begin(set, kits->items[i], set->start_us);
		if (!poll)
			break;
		kits->items[i] = NULL;
		set->poll[set->count++] = poll;
		put_kit_line(out, poll);
	}
	bool whole = set->count == kits->count;
	kit_list_release(kits);
	return whole ? 0 : fail(EX_OSERR, "out of memory");
}

void kit_set_release(struct kit_set *set)
{
	for (size_t i = 0; i < set->count; i++)
		kit_poll_free(set->poll[i]);
	free(set->poll);
	queue_release(&set->queue);
}

struct kit_poll *kit_set_next(const struct kit_set *set, int64_t now_us)
{
	struct queue_item *first = queue_first(&set->queue);

	return first && first->at_us <= now_us ? first->owner : NULL;
}

void kit_set_reschedule(struct kit_set *set, struct kit_poll *poll)
{
	queue_move(&set->queue, &poll->iterate, schedule_next_us(&poll->schedule));
}

int64_t kit_set_next_us(const struct kit_set *set)
{
	struct queue_item *first = queue_first(&set->queue);

	return first ? first->at_us : SCHEDULE_NEVER;
}

bool kit_set_has(const void *self, const char *id)
{
	const struct kit_set *set = self;

	for (size_t i = 0; i < set->count; i++) {
		if (set->poll[i]->known && strcmp(set->poll[i]->id, id) == 0)
			return true;
	}
	return false;
}

bool kit_set_finished(const struct kit_set *set)
{
	for (size_t i = 0; i < set->count; i++) {
		if (!kit_poll_finished(set->poll[i]))
			return false;
	}
	return true;
}

bool kit_set_all_good(const struct kit_set *set)
{
	for (size_t i = 0; i < set->count; i++) {
		if (set->poll[i]->kit->enabled && !set->poll[i]->seen_good)
			return false;
	}
	return true;
}

/* What tells kits apart across reloads. */
static const char *name_of(const struct kit_config *kit)
{
	return kit->id ? kit->id : kit->api_url;
}

static int compare_names(const void *a, const void *b)
{
	const struct kit_poll *first = *(struct kit_poll *const *)a;
	const struct kit_poll *second = *(struct kit_poll *const *)b;

	return strcmp(name_of(first->kit), name_of(second->kit));
}

static int compare_name_with(const void *name, const void *poll)
{
	return strcmp(name, name_of((*(struct kit_poll *const *)poll)->kit));
}

/* Times of observations must not move because a tag was added. */
static void inherit(struct kit_poll *heir, const struct kit_poll *old)
{
	if (strcmp(heir->kit->api_url, old->kit->api_url) == 0)
		heir->offset = old->offset;
}

/* The polled kit for `*kit`: the old one if nothing has changed, else a new one that takes over
 * `*kit`. NULL without memory. */
static struct kit_poll *carry_over(
	struct kit_set *set, struct kit_poll **old, struct kit_config **kit, int64_t now_us)
{
	struct kit_poll **found = bsearch(
		name_of(*kit), old, set->count, sizeof(struct kit_poll *), compare_name_with);

	if (found && kit_equals((*found)->kit, *kit)) {
		(*found)->stays = true;
		return *found;
	}
	struct kit_poll *poll = begin(set, *kit, now_us);
	if (poll)
		*kit = NULL;
	if (poll && found) {
		inherit(poll, *found);
		(*found)->replaced = true;
	}
	return poll;
}

/* Whoever watches kits is told that this one is none any more. */
static void put_farewell(struct buffer *out, struct kit_poll *poll)
{
	poll->kit->enabled = false;
	put_kit_line(out, poll);
}

static void drop_unless_they_stay(struct kit_set *set, struct kit_poll **old, size_t count,
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
		queue_remove(&set->queue, &old[i]->iterate);
		kit_poll_free(old[i]);
	}
}

/* A name that a kit has told may now be configured for another. */
static void refuse_taken_names(struct kit_set *set)
{
	for (size_t i = 0; i < set->count; i++) {
		struct kit_poll *told = set->poll[i];
		if (!told->known || told->kit->id)
			continue;
		for (size_t k = 0; k < set->count; k++) {
			const char *id = set->poll[k]->kit->id;
			if (id && strcmp(id, told->id) == 0)
				kit_poll_disable(told, id);
		}
		kit_set_reschedule(set, told);
	}
}

static int replace_all(
	struct kit_set *set, struct kit_list *kits, struct fetcher *fetcher, struct buffer *out)
{
	struct kit_poll **poll = calloc(kits->count + 1, sizeof(struct kit_poll *));
	int64_t now_us = clock_mono_us();
	bool whole = poll != NULL;

	if (!poll)
		return fail(EX_OSERR, "out of memory");
	qsort(set->poll, set->count, sizeof(struct kit_poll *), compare_names);
	for (size_t i = 0; i < kits->count && whole; i++) {
		poll[i] = carry_over(set, set->poll, &kits->items[i], now_us);
		whole = poll[i] != NULL;
	}
	if (!whole) {
		free(poll);
		return fail(EX_OSERR, "out of memory");
	}
	drop_unless_they_stay(set, set->poll, set->count, fetcher, out);
	free(set->poll);
	set->poll = poll;
	set->count = kits->count;
	refuse_taken_names(set);
	return 0;
}

int kit_set_reload(struct kit_set *set, const struct kit_source *source, struct fetcher *fetcher,
	struct buffer *out)
{
	struct kit_list kits = {0};

	if (load_kits(source, &kits)) {
		log_error("the kits stay as they were",
			{"kits", log_number((int64_t)set->count).text});
		return 0;
	}
	int status = replace_all(set, &kits, fetcher, out);
	kit_list_release(&kits);
	if (status)
		return status;
	for (size_t i = 0; i < set->count; i++)
		put_kit_line(out, set->poll[i]);
	log_info("kits loaded anew", {"kits", log_number((int64_t)set->count).text});
	return 0;
}
