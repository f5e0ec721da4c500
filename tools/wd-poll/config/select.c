/* Which of the configured kits this wd-poll polls. */
#include "tools/wd-poll/config/select.h"

#include "common/log/log.h"
#include "common/record/shard.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>

bool select_shard_parse(const char *text, unsigned *shard, unsigned *shards)
{
	int length = 0;

	if (strspn(text, "0123456789/") != strlen(text))
		return false;
	return sscanf(text, "%5u/%5u%n", shard, shards, &length) == 2 && text[length] == '\0' &&
	       *shard >= 1 && *shard <= *shards && *shards <= SHARDS_MAX;
}

static bool contains(const struct opt_list *list, const char *text)
{
	for (size_t i = 0; text && i < list->count; i++) {
		if (strcmp(list->items[i], text) == 0)
			return true;
	}
	return false;
}

static bool has_tag(const struct opt_list *tags, const struct kit_config *kit)
{
	for (size_t i = 0; i < tags->count; i++) {
		if (text_list_contains(&kit->tags, tags->items[i]))
			return true;
	}
	return false;
}

/* A kit without a configured id is sharded by its URL: its id is not known yet. */
static bool in_shard(const struct kit_source *source, const struct kit_config *kit)
{
	const char *name = kit->id ? kit->id : kit->api_url;

	return !source->shards || shard_of(name, source->shards) == source->shard;
}

static int check_ids(const struct kit_source *source, const struct kit_list *kits)
{
	for (size_t i = 0; i < source->ids->count; i++) {
		bool is_known = false;
		for (size_t k = 0; k < kits->count && !is_known; k++)
			is_known = kits->items[k]->id &&
				   strcmp(kits->items[k]->id, source->ids->items[i]) == 0;
		if (!is_known)
			return fail(EX_CONFIG, "no kit has this id", {"kit", source->ids->items[i]},
				{"hint", "list it in kits.yaml, or check its spelling there"});
	}
	return 0;
}

static void keep_if(struct kit_list *kits, const struct kit_source *source,
	bool (*matches)(const struct kit_source *, const struct kit_config *))
{
	size_t kept = 0;

	for (size_t i = 0; i < kits->count; i++) {
		if (matches(source, kits->items[i])) {
			kits->items[kept++] = kits->items[i];
		} else {
			kit_release(kits->items[i]);
			free(kits->items[i]);
		}
	}
	kits->count = kept;
}

static bool is_named(const struct kit_source *source, const struct kit_config *kit)
{
	return (!source->ids->count || contains(source->ids, kit->id)) &&
	       (!source->tags->count || has_tag(source->tags, kit));
}

static bool is_polled(const struct kit_source *source, const struct kit_config *kit)
{
	(void)source;
	return kit->input != KIT_MQTT;
}

int select_kits(const struct kit_source *source, struct kit_list *kits, bool may_be_empty)
{
	int status = may_be_empty ? 0 : check_ids(source, kits);

	if (status)
		return status;
	keep_if(kits, source, is_polled);
	if (!kits->count && !may_be_empty)
		return fail(EX_CONFIG, "no kit to poll: all have source: mqtt",
			{"hint", "wd-mqtt receives them"});
	keep_if(kits, source, is_named);
	if (!kits->count && !may_be_empty && !source->tags->count)
		return fail(EX_CONFIG, "the kit is not polled: it has source: mqtt",
			{"kit", source->ids->items[0]}, {"hint", "wd-mqtt receives it"});
	if (!kits->count && !may_be_empty)
		return fail(EX_CONFIG, "no kit has the tag", {"tag", source->tags->items[0]});
	keep_if(kits, source, in_shard);
	if (!kits->count)
		log_warning("no kit to poll",
			{"shard", source->shards ? log_number(source->shard).text : NULL},
			{"of", source->shards ? log_number(source->shards).text : NULL});
	return 0;
}
