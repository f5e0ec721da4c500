/* A YAML file as typed values, with the place of each in messages. */
#ifndef WD_POLL_YAML_H
#define WD_POLL_YAML_H

#include "common/log.h"
#include "tools/wd-poll/config/kit.h"

#include <stdio.h>
#include <yaml.h>

struct yaml_file {
	const char *name;
	FILE *stream; /* while it is parsed */
	yaml_document_t document;
};

/* Returns 0, EX_CONFIG for what cannot be read or is no YAML, or EX_OSERR; it has been said. Only
 * the first document of a file is read. */
int yaml_open(struct yaml_file *file, const char *name);
void yaml_close(struct yaml_file *file);

/* The line of a node, from 1. */
unsigned yaml_line(const yaml_node_t *node);

/* Says "kits.yaml:14: message"; returns EX_CONFIG. */
int yaml_fail(const struct yaml_file *file, const yaml_node_t *node, const char *message,
	const char *key);
void yaml_warn(const struct yaml_file *file, const yaml_node_t *node, const char *message,
	const char *key);

/* Likewise, of a file that the value of `key` names, at this level. */
int yaml_file_error(const struct yaml_file *file, const yaml_node_t *node, enum log_level level,
	const char *key, const char *path, const char *reason);

/* A node's text without NULs inside; NULL where it is no scalar. The file's. */
const char *yaml_text(const yaml_node_t *node);

/* Absent for all purposes: `key:`, `key: null`, `key: ~`. */
bool yaml_null(const yaml_node_t *node);

bool yaml_bool(const yaml_node_t *node, bool *value);

/* Copies of the texts of a sequence, or of one text; false where it is neither. */
bool yaml_texts(const struct yaml_file *file, const yaml_node_t *node, struct text_list *texts);

/* Calls `take` for each member of a mapping, whose keys are texts, until it returns something other
 * than 0, which is returned; EX_CONFIG (said) where `node` is no mapping or has a key twice. */
int yaml_each(struct yaml_file *file, const yaml_node_t *node, const char *what,
	int (*take)(
		struct yaml_file *, void *self, const yaml_node_t *key, const yaml_node_t *value),
	void *self);

#endif
