/* One rule of a rules file. */
#include "common/base/array.h"
#include "common/base/hash.h"
#include "common/base/xalloc.h"
#include "common/cli/opt.h"
#include "tools/wd-watch/rules/rules_read.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#define DURATION_MAX_S (366.0 * 86400)

bool rules_duration_text(const char *text, int64_t *duration_us)
{
	double seconds;

	if (!opt_seconds_parse(text, &seconds) || !(seconds >= 0 && seconds <= DURATION_MAX_S))
		return false;
	*duration_us = (int64_t)llround(seconds * (double)CLOCK_SECOND_US);
	return true;
}

bool rules_duration(const yaml_node_t *node, int64_t *duration_us)
{
	const char *text = yaml_text(node);

	return text && rules_duration_text(text, duration_us);
}

uint64_t rules_digest(struct rules_file *file, const yaml_node_t *node, uint64_t hash)
{
	const char *text = yaml_text(node);

	if (text)
		return hash_bytes(hash, text, strlen(text) + 1);
	for (size_t i = 0; i < rules_item_count(node); i++)
		hash = rules_digest(file, rules_item(file, node, i), hash);
	if (node->type != YAML_MAPPING_NODE)
		return hash;
	for (yaml_node_pair_t *pair = node->data.mapping.pairs.start;
		pair < node->data.mapping.pairs.top; pair++) {
		hash = rules_digest(
			file, yaml_document_get_node(&file->yaml.document, pair->key), hash);
		hash = rules_digest(
			file, yaml_document_get_node(&file->yaml.document, pair->value), hash);
	}
	return hash;
}

/* --- texts and lists */

static int take_text(struct rules_file *file, const yaml_node_t *node, char **text)
{
	if (!yaml_text(node) || !*yaml_text(node))
		return rules_fail(file, node, "expected a text");
	free(*text);
	*text = xstrdup(yaml_text(node));
	return 0;
}

static int read_name(struct rules_file *file, const yaml_node_t *node)
{
	for (struct rule *other = file->rules->items; other < file->rule; other++) {
		if (yaml_text(node) && strcmp(other->name, yaml_text(node)) == 0)
			return rules_fail(file, node, "a second rule of this name");
	}
	return take_text(file, node, &file->rule->name);
}

static int read_level(struct rules_file *file, const yaml_node_t *node)
{
	return take_text(file, node, &file->rule->level);
}

/* Call `read` for each item of a list, or for the one text that stands for such a list. */
static int each_item(struct rules_file *file, const yaml_node_t *node,
	int (*read)(struct rules_file *, const yaml_node_t *))
{
	int status = 0;

	if (node->type != YAML_SEQUENCE_NODE)
		return read(file, node);
	if (!rules_item_count(node))
		return rules_fail(file, node, "an empty list");
	for (size_t i = 0; !status && i < rules_item_count(node); i++)
		status = read(file, rules_item(file, node, i));
	return status;
}

static int read_event(struct rules_file *file, const yaml_node_t *node)
{
	const char *text = yaml_text(node);

	for (unsigned i = 0; text && i < EVENT_COUNT; i++) {
		if (strcmp(text, watch_event_names[i]) == 0) {
			file->rule->on |= EVENT_BIT(i);
			return 0;
		}
	}
	return rules_fail(file, node, "not an event; see wd-rules(5)");
}

static int read_on(struct rules_file *file, const yaml_node_t *node)
{
	return each_item(file, node, read_event);
}

static int read_zone_name(struct rules_file *file, const yaml_node_t *node)
{
	const struct zones *zones = &file->rules->zones;
	struct rule *rule = file->rule;
	const char *text = yaml_text(node);
	const struct zone *zone = text ? zones_find(zones, text) : NULL;

	if (!zone)
		return rules_fail(file, node, "no such zone");
	rule->zones = xrealloc(rule->zones, (rule->zone_count + 1) * sizeof(*rule->zones));
	rule->zones[rule->zone_count++] = (int)(zone - zones->items);
	return 0;
}

static int read_zones(struct rules_file *file, const yaml_node_t *node)
{
	return each_item(file, node, read_zone_name);
}

/* --- conditions */

static int read_test(struct rules_file *file, const yaml_node_t *node, struct condition *condition)
{
	const char *text = yaml_text(node);
	const char *wrong = text ? condition_add(condition, text) : "expected a value";

	return wrong ? rules_fail(file, node, wrong) : 0;
}

static int read_condition(struct rules_file *file, const yaml_node_t *key, const yaml_node_t *value,
	struct condition *condition)
{
	int status = 0;

	if (!condition_open(condition, &file->rules->keys, yaml_text(key)))
		return rules_fail(file, key, "not the name of a field, or too many fields");
	if (value->type != YAML_SEQUENCE_NODE)
		return read_test(file, value, condition);
	for (size_t i = 0; !status && i < rules_item_count(value); i++)
		status = read_test(file, rules_item(file, value, i), condition);
	return status;
}

static int read_where_key(
	struct yaml_file *yaml, void *self, const yaml_node_t *key, const yaml_node_t *value)
{
	struct rules_file *file = self;
	struct rule *rule = file->rule;

	(void)yaml;
	rule->where = xrealloc(rule->where, (rule->where_count + 1) * sizeof(*rule->where));
	return read_condition(file, key, value, &rule->where[rule->where_count++]);
}

static int read_except_key(
	struct yaml_file *yaml, void *self, const yaml_node_t *key, const yaml_node_t *value)
{
	struct rules_file *file = self;
	struct rule *rule = file->rule;

	(void)yaml;
	rule->except = xrealloc(rule->except, (rule->except_count + 1) * sizeof(*rule->except));
	return read_condition(file, key, value, &rule->except[rule->except_count++]);
}

static int read_where(struct rules_file *file, const yaml_node_t *node)
{
	return yaml_each(&file->yaml, node, "where", read_where_key, file);
}

static int read_except(struct rules_file *file, const yaml_node_t *node)
{
	return yaml_each(&file->yaml, node, "except", read_except_key, file);
}

/* --- hysteresis */

/* "2 in 6s" */
static int read_enter(struct rules_file *file, const yaml_node_t *node)
{
	struct rule *rule = file->rule;
	const char *text = yaml_text(node);
	int length = 0;

	if (!text || sscanf(text, "%1u in %n", &rule->enter_count, &length) != 1 || !length ||
		!rules_duration_text(text + length, &rule->enter_us) || rule->enter_count < 1 ||
		rule->enter_count > ENTER_COUNT_MAX)
		return rules_fail(file, node, "expected N in TIME with N from 1 to 4: 2 in 15s");
	return 0;
}

/* "20m 30s" */
static int read_leave(struct rules_file *file, const yaml_node_t *node)
{
	struct rule *rule = file->rule;
	const char *text = yaml_text(node);
	int length = 0;

	if (!text || sscanf(text, "%lfm %n", &rule->leave_m, &length) != 1 || !length ||
		!rules_duration_text(text + length, &rule->leave_us) ||
		!(rule->leave_m >= 0 && rule->leave_m <= 1e6))
		return rules_fail(file, node, "expected a distance and a time: 20m 30s");
	return 0;
}

static int read_dwell(struct rules_file *file, const yaml_node_t *node)
{
	return rules_duration(node, &file->rule->dwell_us)
		       ? 0
		       : rules_fail(file, node, "expected a time such as 60s");
}

static int read_again(struct rules_file *file, const yaml_node_t *node)
{
	return rules_duration(node, &file->rule->again_us)
		       ? 0
		       : rules_fail(file, node, "expected a time such as 60s");
}

/* --- the rule */

static int read_rule_key(
	struct yaml_file *yaml, void *self, const yaml_node_t *key, const yaml_node_t *value)
{
	static const struct {
		const char *name;
		int (*read)(struct rules_file *file, const yaml_node_t *value);
	} keys[] = {{"name", read_name}, {"on", read_on}, {"zones", read_zones},
		{"where", read_where}, {"except", read_except}, {"level", read_level},
		{"enter", read_enter}, {"leave", read_leave}, {"dwell", read_dwell},
		{"again", read_again}};
	struct rules_file *file = self;

	(void)yaml;
	for (size_t i = 0; i < ARRAY_SIZE(keys); i++) {
		if (strcmp(keys[i].name, yaml_text(key)) == 0)
			return keys[i].read(file, value);
	}
	return rules_fail(file, key, "unknown key of a rule");
}

static void apply_everywhere(struct rule *rule)
{
	rule->zones = xmalloc(sizeof(*rule->zones));
	rule->zones[rule->zone_count++] = RULE_ZONE_NONE;
}

static void take_digest(struct rules_file *file, const yaml_node_t *node)
{
	struct rule *rule = file->rule;

	rule->digest = rules_digest(file, node, HASH_START);
	for (size_t i = 0; i < rule->zone_count; i++) {
		if (rule->zones[i] == RULE_ZONE_NONE)
			continue;
		uint64_t zone = file->rules->zones.items[rule->zones[i]].digest;
		rule->digest = hash_bytes(rule->digest, &zone, sizeof(zone));
	}
}

int rules_read_rule(struct rules_file *file, const yaml_node_t *node)
{
	struct rules *rules = file->rules;

	if (rules->count == RULES_MAX)
		return rules_fail(file, node, "more than 1000 rules");
	rules->items = xrealloc(rules->items, (rules->count + 1) * sizeof(*rules->items));
	file->rule = &rules->items[rules->count++];
	*file->rule = (struct rule){.level = xstrdup("info"),
		.enter_count = 2,
		.enter_us = 15 * CLOCK_SECOND_US,
		.leave_m = 20,
		.leave_us = 30 * CLOCK_SECOND_US,
		.dwell_us = 60 * CLOCK_SECOND_US,
		.again_us = 60 * CLOCK_SECOND_US,
		.line = yaml_line(node)};
	int status = yaml_each(&file->yaml, node, "rule", read_rule_key, file);
	if (status)
		return status;
	if (!file->rule->name)
		return rules_fail(file, node, "a rule without a name");
	if (!file->rule->on)
		return rules_fail(file, node, "a rule without events: on");
	if (!file->rule->zone_count)
		apply_everywhere(file->rule);
	take_digest(file, node);
	return 0;
}
