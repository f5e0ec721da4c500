/* A YAML file as typed values, with the place of each in messages. */
#include "tools/wd-poll/config/yaml.h"

#include "common/array.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <strings.h>
#include <sysexits.h>

enum {
	PLACE_SIZE = 1024
};

/* `name`:`line`: `message`, with the name as values are written: it may hold anything. */
static const char *located(
	char text[PLACE_SIZE], const struct yaml_file *file, size_t line, const char *message)
{
	char name[PLACE_SIZE / 2];

	log_quote(name, sizeof(name), file->name);
	snprintf(text, PLACE_SIZE, "%s:%zu: %s", name, line, message);
	return text;
}

/* The next document of the file; at its end one without a root. */
static int load(const struct yaml_file *file, yaml_parser_t *parser, yaml_document_t *document)
{
	char text[PLACE_SIZE];

	if (yaml_parser_load(parser, document))
		return 0;
	if (ferror(file->stream))
		return fail(EX_CONFIG, "cannot read", {"file", file->name},
			{"reason", strerror(errno)});
	return fail(EX_CONFIG, located(text, file, parser->problem_mark.line + 1, "no YAML"),
		{"reason", parser->problem ? parser->problem : "out of memory"},
		{"context", parser->context});
}

/* A second document would hold kits that nobody polls. */
static int parse_only_document(struct yaml_file *file, yaml_parser_t *parser)
{
	yaml_document_t more;
	int status = load(file, parser, &file->document);

	if (status || !yaml_document_get_root_node(&file->document))
		return status;
	status = load(file, parser, &more);
	if (!status) {
		const yaml_node_t *root = yaml_document_get_root_node(&more);
		if (root)
			status = yaml_fail(file, root, "a second document", NULL);
		yaml_document_delete(&more);
	}
	if (status)
		yaml_document_delete(&file->document);
	return status;
}

static int parse(struct yaml_file *file)
{
	yaml_parser_t parser;

	if (!yaml_parser_initialize(&parser))
		return fail(EX_OSERR, "out of memory", {"file", file->name});
	yaml_parser_set_input_file(&parser, file->stream);
	int status = parse_only_document(file, &parser);
	yaml_parser_delete(&parser);
	return status;
}

int yaml_open(struct yaml_file *file, const char *name)
{
	*file = (struct yaml_file){.name = name, .stream = fopen(name, "re")};
	if (!file->stream)
		return fail(EX_CONFIG, "cannot open", {"file", name}, {"reason", strerror(errno)});
	int status = parse(file);
	fclose(file->stream);
	file->stream = NULL;
	return status;
}

void yaml_close(struct yaml_file *file)
{
	yaml_document_delete(&file->document);
}

unsigned yaml_line(const yaml_node_t *node)
{
	return (unsigned)node->start_mark.line + 1;
}

int yaml_fail(
	const struct yaml_file *file, const yaml_node_t *node, const char *message, const char *key)
{
	char text[PLACE_SIZE];

	return fail(EX_CONFIG, located(text, file, yaml_line(node), message), {"key", key});
}

void yaml_warn(
	const struct yaml_file *file, const yaml_node_t *node, const char *message, const char *key)
{
	char text[PLACE_SIZE];

	log_warning(located(text, file, yaml_line(node), message), {"key", key});
}

int yaml_file_error(const struct yaml_file *file, const yaml_node_t *node, enum log_level level,
	const char *key, const char *path, const char *reason)
{
	char text[PLACE_SIZE];

	log_line(level, &(struct log_event){located(text, file, yaml_line(node), "cannot use a file"),
				{"key", key}, {"file", path}, {"reason", reason}});
	return EX_CONFIG;
}

const char *yaml_text(const yaml_node_t *node)
{
	if (node->type != YAML_SCALAR_NODE)
		return NULL;
	const char *text = (const char *)node->data.scalar.value;
	return strlen(text) == node->data.scalar.length ? text : NULL;
}

bool yaml_null(const yaml_node_t *node)
{
	static const char *const nulls[] = {"", "~", "null", "Null", "NULL"};
	const char *text = yaml_text(node);

	if (!text || node->data.scalar.style != YAML_PLAIN_SCALAR_STYLE)
		return false;
	for (size_t i = 0; i < ARRAY_SIZE(nulls); i++) {
		if (strcmp(text, nulls[i]) == 0)
			return true;
	}
	return false;
}

bool yaml_bool(const yaml_node_t *node, bool *value)
{
	static const char *const words[][2] = {{"false", "true"}, {"no", "yes"}, {"off", "on"}};
	const char *text = yaml_text(node);

	for (size_t i = 0; text && i < ARRAY_SIZE(words); i++) {
		for (int j = 0; j < 2; j++) {
			if (strcasecmp(text, words[i][j]) == 0) {
				*value = j == 1;
				return true;
			}
		}
	}
	return false;
}

static bool add(struct text_list *texts, const yaml_node_t *node)
{
	const char *text = yaml_text(node);

	return text && text_list_add(texts, strdup(text));
}

bool yaml_texts(const struct yaml_file *file, const yaml_node_t *node, struct text_list *texts)
{
	yaml_document_t *document = (yaml_document_t *)(uintptr_t)&file->document;

	if (node->type != YAML_SEQUENCE_NODE)
		return add(texts, node);
	for (yaml_node_item_t *item = node->data.sequence.items.start;
		item < node->data.sequence.items.top; item++) {
		if (!add(texts, yaml_document_get_node(document, *item)))
			return false;
	}
	return true;
}

static bool seen_before(
	struct yaml_file *file, const yaml_node_t *node, const yaml_node_pair_t *pair)
{
	const char *key = yaml_text(yaml_document_get_node(&file->document, pair->key));

	for (yaml_node_pair_t *other = node->data.mapping.pairs.start; other < pair; other++) {
		const char *text = yaml_text(yaml_document_get_node(&file->document, other->key));
		if (text && strcmp(text, key) == 0)
			return true;
	}
	return false;
}

int yaml_each(struct yaml_file *file, const yaml_node_t *node, const char *what,
	int (*take)(struct yaml_file *, void *, const yaml_node_t *, const yaml_node_t *),
	void *self)
{
	int status = 0;

	if (node->type != YAML_MAPPING_NODE)
		return yaml_fail(file, node, "expected keys and values", what);
	for (yaml_node_pair_t *pair = node->data.mapping.pairs.start;
		!status && pair < node->data.mapping.pairs.top; pair++) {
		yaml_node_t *key = yaml_document_get_node(&file->document, pair->key);
		if (!yaml_text(key))
			return yaml_fail(file, key, "expected a text as key", what);
		if (seen_before(file, node, pair))
			return yaml_fail(file, key, "key is there twice", yaml_text(key));
		status =
			take(file, self, key, yaml_document_get_node(&file->document, pair->value));
	}
	return status;
}
