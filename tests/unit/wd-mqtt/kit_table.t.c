/* The table of kits. */
#include "tools/wd-mqtt/kits/kit_table.h"
#include "tests/unit/tap.h"

static void finds(void)
{
	struct kit_table table = {.seed = 42};
	struct mqtt_kit *alpha = kit_table_add(&table, "wardragon-AB 12.3", "alpha");
	struct mqtt_kit *bravo = kit_table_add(&table, "bravo", "bravo");

	ok(kit_table_find(&table, "wardragon-AB 12.3") == alpha, "by the name in its payloads");
	ok(!kit_table_find(&table, "alpha"), "not by the id that it is stored under");
	ok(!kit_table_find(&table, "wardragon-AB_12_3"), "nor by its slug");
	ok(kit_table_find_slug(&table, SPAN("wardragon-AB_12_3")) == alpha, "by its slug");
	ok(kit_table_find_slug(&table, SPAN("bravo")) == bravo, "also where the slug is the name");
	ok(!kit_table_find_slug(&table, SPAN("charlie")), "an unknown slug is no kit's");
	ok(!kit_table_find_slug(&table, (struct span){0}), "and no slug finds none");
	ok(kit_table_find_id(&table, "alpha") == alpha, "by its id");
	ok(!kit_table_find_id(&table, "wardragon-AB 12.3"), "a name is not an id");

	struct mqtt_kit *twin = kit_table_add(&table, "wardragon-AB_12.3", "twin");
	ok(!kit_table_find_slug(&table, SPAN("wardragon-AB_12_3")), "a slug of two is no kit's");
	ok(kit_table_find(&table, "wardragon-AB_12.3") == twin, "their names distinguish them");
	kit_table_release(&table);
}

static void is_bounded(void)
{
	struct kit_table table = {.seed = 42};
	char name[KIT_NAME_SIZE];
	bool found = true;

	for (int i = 0; i < KIT_TABLE_MAX; i++) {
		snprintf(name, sizeof(name), "kit-%d", i);
		found = found && kit_table_add(&table, name, name);
	}
	ok(found, "16,384 kits are taken");
	ok(!kit_table_add(&table, "one more", "one more"), "one more is not");
	for (int i = 0; i < KIT_TABLE_MAX; i++) {
		snprintf(name, sizeof(name), "kit-%d", i);
		const struct mqtt_kit *kit = kit_table_find(&table, name);
		found = found && kit && strcmp(kit->id, name) == 0;
	}
	ok(found, "and each of them is found");
	ok(strcmp(table.items[7]->id, "kit-7") == 0, "in the order in which they came");
	kit_table_release(&table);
}

int main(void)
{
	finds();
	is_bounded();
	return tap_done();
}
