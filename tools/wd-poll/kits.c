/* A list of kits, and where it comes from. */
#include "tools/wd-poll/kits.h"

#include <stdlib.h>

void kits_release(struct kits *kits)
{
	for (size_t i = 0; i < kits->count; i++) {
		if (kits->items[i])
			kit_release(kits->items[i]);
		free(kits->items[i]);
	}
	free(kits->items);
	*kits = (struct kits){0};
}

bool kits_add(struct kits *kits, struct kit *kit)
{
	struct kit **items = realloc(kits->items, (kits->count + 1) * sizeof(struct kit *));

	if (items)
		kits->items = items;
	struct kit *copy = items ? malloc(sizeof(*copy)) : NULL;
	if (!copy)
		return false;
	*copy = *kit;
	*kit = (struct kit){0};
	kits->items[kits->count++] = copy;
	return true;
}

static int compare_texts(const char *a, const char *b)
{
	if (!a || !b)
		return (a == NULL) - (b == NULL);
	return strcmp(a, b);
}

int kits_compare_ids(const void *a, const void *b)
{
	return compare_texts((*(struct kit *const *)a)->id, (*(struct kit *const *)b)->id);
}

int kits_compare_urls(const void *a, const void *b)
{
	return compare_texts(
		(*(struct kit *const *)a)->api_url, (*(struct kit *const *)b)->api_url);
}
