/* A list of kits, and where it comes from. */
#ifndef WD_POLL_KIT_LIST_H
#define WD_POLL_KIT_LIST_H

#include "common/opt.h"
#include "tools/wd-poll/config/kit.h"

/* Zero-initialise. The kits are the list's own. */
struct kit_list {
	struct poll_kit **items;
	size_t count;
};

/* Where the kits come from: `file`, or else the one at `url` with `id` (NULL: /status tells). */
struct kit_source {
	const char *file, *url, *id;
	const struct poll_kit *defaults; /* the numbers of a kit that says nothing about them */
	/* The names of keys, NULL at the end, of which the defaults hold whatever a file says. */
	const char *const *insisted;
	/* Which kits are taken: those with one of these ids and one of these tags, each if any are
	 * given, that belong to shard `shard` of 1..`shards`; `shards` 0: no sharding. */
	const struct opt_list *ids, *tags;
	unsigned shard, shards;
};

void kit_list_release(struct kit_list *kits);

/* Takes over the contents of `kit`, which is empty afterwards; false without memory. */
bool kit_list_add(struct kit_list *kits, struct poll_kit *kit);

/* The orders of ids and of URLs, those without one last. For qsort() and bsearch() over kits. */
int kit_list_compare_ids(const void *a, const void *b);
int kit_list_compare_urls(const void *a, const void *b);

#endif
