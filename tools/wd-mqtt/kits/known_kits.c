/* The kits of kits.yaml in the table of kits. */
#include "tools/wd-mqtt/kits/known_kits.h"

#include "common/kits/kits_read.h"
#include "common/lines/json.h"
#include "common/log/log.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>

struct named_kit {
	char slug[KIT_NAME_SIZE];
	const struct kit_config *kit;
};

static const char *name_of(const struct kit_config *kit)
{
	return kit->mqtt_id ? kit->mqtt_id : kit->id;
}

static int compare_slugs(const void *a, const void *b)
{
	return strcmp(((const struct named_kit *)a)->slug, ((const struct named_kit *)b)->slug);
}

static int twins_error(const struct named_kit *a, const struct named_kit *b)
{
	log_error("two kits have the same MQTT topics", {"kit", a->kit->id}, {"other", b->kit->id},
		{"topic", a->slug});
	return kit_error(b->kit, "set mqtt_id to the id that the kit publishes");
}

static int check_slugs(const struct kit_list *kits)
{
	struct named_kit *named = calloc(kits->count + 1, sizeof(*named));
	size_t count = 0;
	int status = 0;

	if (!named)
		return fail(EX_OSERR, "out of memory");
	for (size_t i = 0; i < kits->count; i++) {
		if (!kits->items[i]->id)
			continue;
		named[count].kit = kits->items[i];
		topic_slug(name_of(kits->items[i]), named[count].slug, KIT_NAME_SIZE);
		count++;
	}
	qsort(named, count, sizeof(*named), compare_slugs);
	for (size_t i = 1; i < count && !status; i++) {
		if (compare_slugs(&named[i - 1], &named[i]) == 0)
			status = twins_error(&named[i - 1], &named[i]);
	}
	free(named);
	return status;
}

int known_kits_read(const struct kit_source *source, struct kit_list *kits)
{
	bool may_be_empty = false;
	int status = source->configs->count ? kits_read(source, kits, &may_be_empty) : 0;

	if (!status)
		status = check_slugs(kits);
	if (status)
		kit_list_release(kits);
	return status;
}

static enum kit_use use_of(const struct kit_config *kit)
{
	if (!kit->enabled || kit->input == KIT_HTTP)
		return USE_NOTHING;
	return kit->input == KIT_BOTH ? USE_LIVENESS : USE_ALL;
}

/* Emit an `enabled:false` line so that consumers drop the kit. */
static void put_disabled(struct intake *intake, const struct mqtt_kit *kit)
{
	if (kit->use != USE_ALL)
		return;
	json_open(intake->out, "kit");
	json_text(intake->out, "kit_id", span_of(kit->id));
	json_bool(intake->out, "enabled", false);
	json_text(intake->out, "source", SPAN("mqtt"));
	json_close(intake->out);
}

static struct mqtt_kit *find_or_add(struct intake *intake, const char *name, const char *id)
{
	struct mqtt_kit *kit = kit_table_find(&intake->kits, name);

	if (!kit)
		kit = kit_table_add(&intake->kits, name, id);
	if (kit) {
		snprintf(kit->id, sizeof(kit->id), "%s", id);
		kit->is_configured = true;
	}
	return kit;
}

static bool apply(struct intake *intake, const struct kit_config *configured)
{
	struct mqtt_kit *kit;

	/* A kit without an id is known to wd-poll(1) only, by its address. */
	if (!configured->id)
		return true;
	kit = find_or_add(intake, name_of(configured), configured->id);
	if (!kit)
		return false;
	kit->use = use_of(configured);
	kit->is_announced = true;
	/* wd-poll(1) writes the lines of the kits that it polls. */
	if (configured->input == KIT_MQTT)
		kit_format(intake->out, configured, configured->id, configured->enabled);
	return true;
}

/* A kit that is no longer configured is used under its own name. */
static void drop(struct intake *intake, struct mqtt_kit *kit)
{
	put_disabled(intake, kit);
	snprintf(kit->id, sizeof(kit->id), "%s", kit->name);
	kit->use = USE_ALL;
	kit->is_announced = false;
}

/* The kit of this name stays; its lines may get another id. */
static void keep(struct intake *intake, const char *name, const char *id)
{
	struct mqtt_kit *kit = kit_table_find(&intake->kits, name);

	if (!kit)
		return;
	kit->is_configured = true;
	if (kit->is_announced && strcmp(kit->id, id) != 0)
		put_disabled(intake, kit);
}

/* Drop what is no longer configured, before lines of other kits use its ids. */
static void drop_others(struct intake *intake, const struct kit_list *kits, const char *default_kit)
{
	for (size_t i = 0; i < intake->kits.count; i++) {
		struct mqtt_kit *kit = intake->kits.items[i];
		kit->was_configured = kit->is_configured;
		kit->is_configured = false;
	}
	for (size_t i = 0; i < kits->count; i++) {
		if (kits->items[i]->id)
			keep(intake, name_of(kits->items[i]), kits->items[i]->id);
	}
	if (default_kit)
		keep(intake, default_kit, default_kit);
	for (size_t i = 0; i < intake->kits.count; i++) {
		struct mqtt_kit *kit = intake->kits.items[i];
		if (kit->was_configured && !kit->is_configured)
			drop(intake, kit);
	}
}

int known_kits_apply(struct intake *intake, const struct kit_list *kits, const char *default_kit)
{
	bool complete = true;

	drop_others(intake, kits, default_kit);
	for (size_t i = 0; i < kits->count; i++)
		complete = complete && apply(intake, kits->items[i]);
	intake->default_kit = default_kit ? kit_table_find_id(&intake->kits, default_kit) : NULL;
	if (default_kit && !intake->default_kit)
		intake->default_kit = find_or_add(intake, default_kit, default_kit);
	if (intake->default_kit)
		intake->default_kit->is_configured = true;
	return complete ? 0
			: fail(EX_OSERR, "too many kits, or out of memory",
				  {"kits", log_number((int64_t)intake->kits.count).text});
}
