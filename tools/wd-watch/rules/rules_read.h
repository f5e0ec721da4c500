/* What the readers of a rules file share. Each returns 0 or EX_CONFIG, which has been logged with
 * file, line and the text that is wrong. */
#ifndef WD_WATCH_RULES_READ_H
#define WD_WATCH_RULES_READ_H

#include "common/file/yaml.h"
#include "tools/wd-watch/rules/rules.h"

struct rules_file {
	struct yaml_file yaml;
	struct rules *rules;
	const char *wanted; /* the key at the top that is being read */
	const char *tag;    /* of the known drone that is being read */
	struct zone *zone;  /* that is being read, */
	const yaml_node_t *polygon, *holes, *circle, *radius;
	struct rule *rule; /* or the rule */
};

int rules_fail(struct rules_file *file, const yaml_node_t *node, const char *message);

/* The items of a sequence; of another node there are none. */
size_t rules_item_count(const yaml_node_t *node);
const yaml_node_t *rules_item(struct rules_file *file, const yaml_node_t *node, size_t i);

/* A finite number; "60s", "2m" or seconds as microseconds, 0 or more. False for other nodes. */
bool rules_number(const yaml_node_t *node, double *number);
bool rules_duration(const yaml_node_t *node, int64_t *duration_us);
bool rules_duration_text(const char *text, int64_t *duration_us);

int rules_top_key(
	struct yaml_file *yaml, void *self, const yaml_node_t *key, const yaml_node_t *value);
int rules_read_zone(struct rules_file *file, const yaml_node_t *node);
int rules_read_rule(struct rules_file *file, const yaml_node_t *node);

/* FNV-1a over all texts of a node, continued from `hash`. */
uint64_t rules_digest(struct rules_file *file, const yaml_node_t *node, uint64_t hash);

#endif
