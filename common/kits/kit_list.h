/* A list of kits, and what it is made from. */
#ifndef WD_KITS_KIT_LIST_H
#define WD_KITS_KIT_LIST_H

#include "common/cli/opt.h"
#include "common/kits/kit.h"

/* Zero-initialise. The list owns its kits. */
struct kit_list {
	struct kit_config **items;
	size_t count;
};

/* A member of struct kit_config that an option sets. If the command line did, it overrides what a
 * file says: `defaults` holds the value for every kit. */
struct kit_override {
	size_t offset, size;
	enum opt_origin origin;
};

/* Where the kits come from: `configs` (files, and folders of files), or the one kit at `url`. */
struct kit_source {
	const struct opt_list *configs;
	const char *url, *id; /* `id` NULL: use the id that /status reports */
	const struct kit_config *defaults;
	const struct kit_override *overrides;
	size_t override_count;
	/* The reader connects to no kit: files that keys name (certificates, secrets) are not
	 * read. */
	bool skips_files;
	/* Which kits to select: those with one of these ids and one of these tags (an empty list
	 * selects all) that belong to shard `shard` of 1..`shards`; `shards` 0: no sharding. */
	const struct opt_list *ids, *tags;
	unsigned shard, shards;
};

void kit_list_release(struct kit_list *kits);

/* Append a copy of `kit` that owns its contents; `kit` is empty afterwards. Return false if out of
 * memory; `kit` is unchanged then. */
bool kit_list_add(struct kit_list *kits, struct kit_config *kit);

/* Orders of ids and of URLs, those without one last: for qsort() and bsearch(). */
int kit_list_compare_ids(const void *a, const void *b);
int kit_list_compare_urls(const void *a, const void *b);

#endif
