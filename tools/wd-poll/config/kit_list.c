/* A list of kits. */
#include "tools/wd-poll/config/kit_list.h"

#include <stdlib.h>

void kit_list_release(struct kit_list *kits)
{
	for (size_t i = 0; i < kits->count; i++) {
		if (kits->items[i])
			kit_release(kits->items[i]);
		free(kits->items[i]);
	}
	free(kits->items);
	*kits = (struct kit_list){0};
}

bool kit_list_add(struct kit_list *kits, struct poll_kit *kit)
{
	struct poll_kit **items =
		realloc(kits->items, (kits->count + 1) * sizeof(struct poll_kit *));

	if (items)
		kits->items = items;
	struct poll_kit *copy = items ? malloc(sizeof(*copy)) : NULL;
	if (!copy)
		return false;
	*copy = *kit;
	*kit = (struct poll_kit){0};
	kits->items[kits->count++] = copy;
	return true;
}

static int compare_texts(const char *a, const char *b)
{
	if (!a || !b)
		return (a == NULL) - (b == NULL);
	return strcmp(a, b);
}

int kit_list_compare_ids(const void *a, const void *b)
{
	return compare_texts(
		(*(struct poll_kit *const *)a)->id, (*(struct poll_kit *const *)b)->id);
}

int kit_list_compare_urls(const void *a, const void *b)
{
	return compare_texts(
		(*(struct poll_kit *const *)a)->api_url, (*(struct poll_kit *const *)b)->api_url);
}
