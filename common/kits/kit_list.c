/* A list of kits. */
#include "common/kits/kit_list.h"

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

bool kit_list_add(struct kit_list *kits, struct kit_config *kit)
{
	struct kit_config **items =
		realloc(kits->items, (kits->count + 1) * sizeof(struct kit_config *));

	if (items)
		kits->items = items;
	struct kit_config *copy = items ? malloc(sizeof(*copy)) : NULL;
	if (!copy)
		return false;
	*copy = *kit;
	*kit = (struct kit_config){0};
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
		(*(struct kit_config *const *)a)->id, (*(struct kit_config *const *)b)->id);
}

int kit_list_compare_urls(const void *a, const void *b)
{
	return compare_texts((*(struct kit_config *const *)a)->api_url,
		(*(struct kit_config *const *)b)->api_url);
}
