/* Rules files: see wd-rules(5). */
#include "common/base/array.h"
#include "common/base/xalloc.h"
#include "tools/wd-watch/rules/rules_read.h"

#include <ctype.h>
#include <math.h>
#include <stdlib.h>
#include <sysexits.h>

int rules_fail(struct rules_file *file, const yaml_node_t *node, const char *message)
{
	const char *text = yaml_text(node);

	return yaml_fail(&file->yaml, node, message, text);
}

const yaml_node_t *rules_item(struct rules_file *file, const yaml_node_t *node, size_t i)
{
	yaml_node_item_t *items = node->data.sequence.items.start;

	return yaml_document_get_node(&file->yaml.document, items[i]);
}

size_t rules_item_count(const yaml_node_t *node)
{
	if (node->type != YAML_SEQUENCE_NODE)
		return 0;
	return (size_t)(node->data.sequence.items.top - node->data.sequence.items.start);
}

bool rules_number(const yaml_node_t *node, double *number)
{
	const char *text = yaml_text(node);
	char *end;

	if (!text || !*text)
		return false;
	*number = strtod(text, &end);
	return !*end && isfinite(*number);
}

/* --- known */

static int read_pattern(
	struct rules_file *file, const yaml_node_t *node, const char *tag, enum watch_key key)
{
	struct rules *rules = file->rules;
	const char *text = yaml_text(node);

	if (!text || !*text)
		return rules_fail(file, node, "expected a pattern");
	rules->known = xrealloc(rules->known, (rules->known_count + 1) * sizeof(*rules->known));
	struct known *known = &rules->known[rules->known_count++];
	*known = (struct known){.tag = xstrdup(tag), .pattern = xstrdup(text), .key = key};
	for (char *c = known->pattern; *c; c++)
		*c = (char)tolower((unsigned char)*c);
	return 0;
}

static int read_known_key(
	struct yaml_file *yaml, void *self, const yaml_node_t *key, const yaml_node_t *value)
{
	static const struct {
		const char *name;
		enum watch_key key;
	} fields[] = {{"drone_id", WATCH_KEY_DRONE_ID}, {"uid", WATCH_KEY_UID},
		{"operator_id", WATCH_KEY_OPERATOR_ID}, {"mac", WATCH_KEY_MAC}};
	struct rules_file *file = self;
	const char *name = yaml_text(key);
	int status = 0;
	size_t i = 0;

	(void)yaml;
	if (strcmp(name, "tag") == 0)
		return 0; /* read before the others */
	while (i < ARRAY_SIZE(fields) && strcmp(fields[i].name, name) != 0)
		i++;
	if (i == ARRAY_SIZE(fields))
		return rules_fail(file, key, "unknown key of a known drone");
	if (value->type != YAML_SEQUENCE_NODE)
		return read_pattern(file, value, file->tag, fields[i].key);
	for (size_t n = 0; !status && n < rules_item_count(value); n++)
		status = read_pattern(file, rules_item(file, value, n), file->tag, fields[i].key);
	return status;
}

static int read_tag(
	struct yaml_file *yaml, void *self, const yaml_node_t *key, const yaml_node_t *value)
{
	struct rules_file *file = self;

	(void)yaml;
	if (strcmp(yaml_text(key), "tag") == 0)
		file->tag = yaml_text(value);
	return 0;
}

static int read_known(struct rules_file *file, const yaml_node_t *node)
{
	file->tag = NULL;
	int status = yaml_each(&file->yaml, node, "known", read_tag, file);
	if (status)
		return status;
	if (!file->tag || !*file->tag)
		return rules_fail(file, node, "a known drone without a tag");
	return yaml_each(&file->yaml, node, "known", read_known_key, file);
}

/* --- the file */

static int read_list(struct rules_file *file, const yaml_node_t *node,
	int (*read)(struct rules_file *, const yaml_node_t *))
{
	int status = 0;

	if (yaml_null(node))
		return 0;
	if (node->type != YAML_SEQUENCE_NODE)
		return rules_fail(file, node, "expected a list");
	for (size_t i = 0; !status && i < rules_item_count(node); i++)
		status = read(file, rules_item(file, node, i));
	return status;
}

static int read_lost(struct rules_file *file, const yaml_node_t *node)
{
	if (!rules_duration(node, &file->rules->lost_us) || !file->rules->lost_us)
		return rules_fail(file, node, "expected a time such as 60s");
	return 0;
}

/* Rules name zones, so the zones are read first, whatever the order in the file. */
static int read_top(struct rules_file *file, const char *wanted)
{
	file->wanted = wanted;
	return yaml_each(&file->yaml, yaml_document_get_root_node(&file->yaml.document),
		"rules file", rules_top_key, file);
}

int rules_top_key(
	struct yaml_file *yaml, void *self, const yaml_node_t *key, const yaml_node_t *value)
{
	struct rules_file *file = self;
	const char *name = yaml_text(key);

	(void)yaml;
	if (strcmp(name, "lost") != 0 && strcmp(name, "zones") != 0 && strcmp(name, "known") != 0 &&
		strcmp(name, "rules") != 0)
		return rules_fail(file, key, "unknown key");
	if (strcmp(name, file->wanted) != 0)
		return 0;
	switch (*name) {
	case 'l':
		return read_lost(file, value);
	case 'z':
		return read_list(file, value, rules_read_zone);
	case 'k':
		return read_list(file, value, read_known);
	default:
		return read_list(file, value, rules_read_rule);
	}
}

/* The farthest that a rule has to look outside of a zone. */
static double margin_m(const struct rules *rules)
{
	double margin = 0;

	for (size_t i = 0; i < rules->count; i++)
		margin = fmax(margin, rules->items[i].leave_m);
	return margin + 1;
}

int rules_load(struct rules *rules, const char *name)
{
	static const char *const order[] = {"lost", "zones", "known", "rules"};
	struct rules_file file = {.rules = rules};

	*rules = (struct rules){.lost_us = CLOCK_MINUTE_US};
	watch_keys_init(&rules->keys);
	int status = yaml_open(&file.yaml, name);
	if (status)
		return status;
	if (!yaml_document_get_root_node(&file.yaml.document))
		status = fail(EX_CONFIG, "no rules: the file is empty", {"file", name});
	for (size_t i = 0; !status && i < ARRAY_SIZE(order); i++)
		status = read_top(&file, order[i]);
	if (!status && !rules->count)
		status = fail(EX_CONFIG, "no rules", {"file", name});
	if (!status) {
		watch_keys_close(&rules->keys);
		zones_index(&rules->zones, margin_m(rules));
	}
	yaml_close(&file.yaml);
	return status;
}
