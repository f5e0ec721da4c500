/* How a reload changes the kits that are polled. */
#include "common/log/log.h"
#include "tools/wd-poll/config/load.h"
#include "tools/wd-poll/schedule/kit_set_private.h"

#include <stdlib.h>
#include <sysexits.h>

/* Identify a kit across reloads. */
static const char *key_of(const struct kit_config *kit)
{
	return kit->id ? kit->id : kit->api_url;
}

static int compare_keys(const void *a, const void *b)
{
	const struct kit_poll *first = *(struct kit_poll *const *)a;
	const struct kit_poll *second = *(struct kit_poll *const *)b;

	return strcmp(key_of(first->kit), key_of(second->kit));
}

static int compare_with_key(const void *key, const void *poll)
{
	return strcmp(key, key_of((*(struct kit_poll *const *)poll)->kit));
}

/* Times of observations must not change because a tag was added. */
static void inherit(struct kit_poll *heir, const struct kit_poll *old)
{
	if (strcmp(heir->kit->api_url, old->kit->api_url) == 0)
		heir->offset = old->offset;
}

/* Return the state of `*kit`: the old one if its configuration is the same, else a new one that
 * owns `*kit`. NULL if out of memory. */
static struct kit_poll *carry_over(
	struct kit_set *set, struct kit_poll **old, struct kit_config **kit, int64_t now_us)
{
	struct kit_poll **found =
		bsearch(key_of(*kit), old, set->count, sizeof(struct kit_poll *), compare_with_key);

	/* The other kit that has the id of a duplicate may be gone. */
	if (found && !(*found)->is_duplicate && kit_equals((*found)->kit, *kit)) {
		(*found)->stays = true;
		return *found;
	}
	struct kit_poll *poll = kit_set_start_kit(set, *kit, now_us);
	if (poll)
		*kit = NULL;
	if (poll && found) {
		inherit(poll, *found);
		/* A disabled kit without an id never gets a name: drop_others() disables the old one. */
		(*found)->replaced = poll->kit->enabled || poll->kit->id;
	}
	return poll;
}

/* An `enabled:false` line makes consumers drop a kit that is no longer configured. */
static void drop_others(
	struct kit_set *set, struct kit_poll **old, size_t count, struct fetcher *fetcher)
{
	for (size_t i = 0; i < count; i++) {
		if (old[i]->stays) {
			old[i]->stays = false;
			continue;
		}
		/* A duplicate has no name of its own any more. */
		if (!old[i]->replaced && !old[i]->is_duplicate)
			kit_poll_put_kit(old[i], false, &set->context);
		fetch_cancel(fetcher, old[i]);
		queue_remove(&set->queues[old[i]->is_queued_responsive], &old[i]->turn);
		kit_poll_free(old[i]);
	}
}

static bool is_configured(const struct kit_set *set, const char *id)
{
	for (size_t i = 0; i < set->count; i++) {
		const char *configured = set->polls[i]->kit->id;
		if (configured && strcmp(configured, id) == 0)
			return true;
	}
	return false;
}

/* A kit without a configured id: the id that it reports may have changed, or may now be configured
 * for another kit. */
static void update_names(struct kit_set *set)
{
	for (size_t i = 0; i < set->count; i++) {
		struct kit_poll *poll = set->polls[i];
		if (poll->name_source != KIT_NAME_REPORTED)
			continue;
		if (strcmp(poll->name, poll->reported.id) != 0)
			kit_poll_use_reported_id(poll, &set->context);
		else if (is_configured(set, poll->name))
			kit_poll_disable(poll, poll->name, &set->context);
		kit_set_reschedule(set, poll);
	}
}

static int replace_all(struct kit_set *set, struct kit_list *kits, struct fetcher *fetcher)
{
	struct kit_poll **polls = calloc(kits->count + 1, sizeof(struct kit_poll *));
	int64_t now_us = clock_mono_us();
	bool complete = polls != NULL;

	if (!polls)
		return fail(EX_OSERR, "out of memory");
	qsort(set->polls, set->count, sizeof(struct kit_poll *), compare_keys);
	for (size_t i = 0; i < kits->count && complete; i++) {
		polls[i] = carry_over(set, set->polls, &kits->items[i], now_us);
		complete = polls[i] != NULL;
	}
	if (!complete) {
		free(polls);
		return fail(EX_OSERR, "out of memory");
	}
	drop_others(set, set->polls, set->count, fetcher);
	free(set->polls);
	set->polls = polls;
	set->count = kits->count;
	update_names(set);
	return 0;
}

/* systemd copies credentials only when it starts the service: a reload reads the old ones. */
static void remind_of_credentials(const struct kit_set *set)
{
	for (size_t i = 0; i < set->count && getenv("CREDENTIALS_DIRECTORY"); i++) {
		const struct kit_config *kit = set->polls[i]->kit;
		if (kit->bearer_token || kit->password || kit->client_key) {
			log_info("changed credentials need a restart",
				{"hint", "systemctl restart wd-poll"});
			return;
		}
	}
}

int kit_set_reload(struct kit_set *set, const struct kit_source *source, struct fetcher *fetcher)
{
	struct kit_list kits = {0};

	if (load_kits(source, &kits)) {
		log_error("reload failed: keeping the current kits",
			{"kits", log_number((int64_t)set->count).text});
		return 0;
	}
	int status = replace_all(set, &kits, fetcher);
	kit_list_release(&kits);
	if (status)
		return status;
	for (size_t i = 0; i < set->count; i++) {
		/* The name of a duplicate is removed, or the other kit's. */
		if (!set->polls[i]->is_duplicate)
			kit_poll_put_kit(set->polls[i], set->polls[i]->kit->enabled, &set->context);
	}
	log_info("kits reloaded", {"kits", log_number((int64_t)set->count).text});
	remind_of_credentials(set);
	return 0;
}
