/* A list of kits, and where it comes from. */
#ifndef WD_POLL_KITS_H
#define WD_POLL_KITS_H

#include "common/opt.h"
#include "tools/wd-poll/kit.h"

/* Zero-initialise. The kits are the list's own. */
struct kits {
	struct kit **items;
	size_t count;
};

/* Where the kits come from: `file`, or else the one at `url` with `id` (NULL: /status tells). */
struct kits_source {
	const char *file, *url, *id;
	const struct kit *defaults; /* the numbers of a kit that says nothing about them */
	/* The names of keys, NULL at the end, of which the defaults hold whatever a file says. */
	const char *const *insisted;
	/* Which kits are taken: those with one of these ids and one of these tags, each if any are
	 * given, that belong to shard `shard` of 1..`shards`; `shards` 0: no sharding. */
	const struct opt_list *ids, *tags;
	unsigned shard, shards;
};

void kits_release(struct kits *kits);

/* Takes over the contents of `kit`, which is empty afterwards; false without memory. */
bool kits_add(struct kits *kits, struct kit *kit);

/* The orders of ids and of URLs, those without one last. For qsort() and bsearch() over kits. */
int kits_compare_ids(const void *a, const void *b);
int kits_compare_urls(const void *a, const void *b);

#endif
