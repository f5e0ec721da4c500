/* A YAML file as typed values, with file and line in messages. */
#ifndef WD_COMMON_YAML_H
#define WD_COMMON_YAML_H

#include "common/log/log.h"

#include <yaml.h>

/* Lists and mappings may be nested this deep; libyaml's time is quadratic in it. */
#define YAML_DEPTH_MAX 64

#define YAML_BYTES_MAX ((size_t)64 << 20)

struct yaml_file {
	const char *name;
	yaml_document_t document;
};

/* Read the file, which has one document at most. Return 0; EX_CONFIG if it cannot be read or is
 * not valid YAML; EX_OSERR. The error has been logged. */
int yaml_open(struct yaml_file *file, const char *name);
void yaml_close(struct yaml_file *file);

/* Return the line of a node, from 1. */
unsigned yaml_line(const yaml_node_t *node);

/* Log "kits.yaml:14: message" and return EX_CONFIG. */
int yaml_fail(const struct yaml_file *file, const yaml_node_t *node, const char *message,
	const char *key);
void yaml_warn(const struct yaml_file *file, const yaml_node_t *node, const char *message,
	const char *key);

/* Log a problem with the file at `path`, which is the value of `key`; return EX_CONFIG. */
int yaml_file_error(const struct yaml_file *file, const yaml_node_t *node, enum log_level level,
	const char *key, const char *path, const char *reason);

/* Return the text of a node, which the file owns; NULL if it is not a scalar or contains NULs. */
const char *yaml_text(const yaml_node_t *node);

/* Return whether the value is absent: `key:`, `key: null`, `key: ~`. */
bool yaml_null(const yaml_node_t *node);

bool yaml_bool(const yaml_node_t *node, bool *value);

/* Call `handle` for each member of a mapping, whose keys are texts, until it returns something
 * other than 0, which is returned; EX_CONFIG (logged) if `node` is not a mapping or has a key
 * twice. */
int yaml_each(struct yaml_file *file, const yaml_node_t *node, const char *what,
	int (*handle)(
		struct yaml_file *, void *self, const yaml_node_t *key, const yaml_node_t *value),
	void *self);

#endif
