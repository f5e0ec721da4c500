/* A YAML file as typed values, with file and line in messages. */
#include "common/file/yaml.h"

#include "common/base/array.h"
#include "common/base/buffer.h"

#include <errno.h>
#include <stdio.h>
#include <strings.h>
#include <sysexits.h>

static int read_all(const char *name, struct buffer *text)
{
	FILE *stream = fopen(name, "re");
	size_t got = 1;

	if (!stream)
		return fail(EX_CONFIG, "cannot open", {"file", name}, LOG_ERRNO(errno));
	errno = 0;
	while (got > 0 && text->length <= YAML_BYTES_MAX) {
		char *at = buffer_reserve(text, BUFSIZ);
		got = at ? fread(at, 1, BUFSIZ, stream) : 0;
		text->length += got;
	}
	int reason = ferror(stream) ? errno : 0;
	fclose(stream);
	if (reason)
		return fail(EX_CONFIG, "cannot read", {"file", name}, LOG_ERRNO(reason));
	if (text->failed)
		return fail(EX_OSERR, "out of memory", {"file", name});
	if (text->length > YAML_BYTES_MAX)
		return fail(EX_CONFIG, "more than 64 MiB", {"file", name});
	return 0;
}

/* What to do, by libyaml's words; NULL: these say it themselves. */
static const char *remedy(const yaml_parser_t *parser)
{
	static const struct {
		const char *problem, *hint;
	} remedies[] = {
		{"cannot start any token",
			"indent with spaces, not with tabs, and put a value that begins with @, ` "
			"or % into quotes"},
		{"mapping values are not allowed",
			"write a space after the colon of each key, put a value that contains a "
			"colon and a space into quotes, and begin all keys of an item in the same "
			"column"},
		{"unexpected end of stream", "close the quotation mark or bracket that is open"},
		{"did not find expected", "begin all keys of an item in the same column, and close "
					  "quotation marks and brackets"},
	};

	for (size_t i = 0; parser->problem && i < ARRAY_SIZE(remedies); i++)
		if (strstr(parser->problem, remedies[i].problem))
			return remedies[i].hint;
	return NULL;
}

static int parser_error(const struct yaml_file *file, const yaml_parser_t *parser)
{
	char text[LOG_LOCATION_SIZE];

	if (parser->error == YAML_MEMORY_ERROR)
		return fail(EX_OSERR, "out of memory", {"file", file->name});
	return fail(EX_CONFIG,
		log_location(text, file->name, parser->problem_mark.line + 1, "invalid YAML"),
		{"reason", parser->problem}, {"context", parser->context},
		{"hint", remedy(parser)});
}

static int parser_open(
	const struct yaml_file *file, yaml_parser_t *parser, const struct buffer *text)
{
	if (!yaml_parser_initialize(parser))
		return fail(EX_OSERR, "out of memory", {"file", file->name});
	yaml_parser_set_input_string(parser, (const unsigned char *)text->data, text->length);
	return 0;
}

static int depth_change(yaml_event_type_t type)
{
	if (type == YAML_SEQUENCE_START_EVENT || type == YAML_MAPPING_START_EVENT)
		return 1;
	return type == YAML_SEQUENCE_END_EVENT || type == YAML_MAPPING_END_EVENT ? -1 : 0;
}

/* Stop at the first error, which parse() then reports. */
static int check_depth(const struct yaml_file *file, const struct buffer *input)
{
	char text[LOG_LOCATION_SIZE];
	yaml_parser_t parser;
	yaml_event_type_t type = YAML_NO_EVENT;
	int depth = 0, status = parser_open(file, &parser, input);

	if (status)
		return status;
	while (!status && type != YAML_STREAM_END_EVENT) {
		yaml_event_t event;
		if (!yaml_parser_parse(&parser, &event))
			break;
		type = event.type;
		depth += depth_change(type);
		yaml_event_delete(&event);
		if (depth > YAML_DEPTH_MAX)
			status = fail(EX_CONFIG,
				log_location(text, file->name, parser.mark.line + 1,
					"lists and mappings nested too deeply"),
				{"max", log_number(YAML_DEPTH_MAX).text});
	}
	yaml_parser_delete(&parser);
	return status;
}

/* Kits of a second document would be ignored: it is an error. */
static int load_only_document(struct yaml_file *file, yaml_parser_t *parser)
{
	yaml_document_t more;
	int status = 0;

	if (!yaml_parser_load(parser, &file->document))
		return parser_error(file, parser);
	if (!yaml_document_get_root_node(&file->document))
		return 0;
	if (!yaml_parser_load(parser, &more)) {
		status = parser_error(file, parser);
	} else {
		const yaml_node_t *root = yaml_document_get_root_node(&more);
		if (root)
			status = yaml_fail(file, root, "a second document", NULL);
		yaml_document_delete(&more);
	}
	if (status)
		yaml_document_delete(&file->document);
	return status;
}

static int parse(struct yaml_file *file, const struct buffer *text)
{
	yaml_parser_t parser;
	int status = check_depth(file, text);

	if (!status)
		status = parser_open(file, &parser, text);
	if (status)
		return status;
	status = load_only_document(file, &parser);
	yaml_parser_delete(&parser);
	return status;
}

int yaml_open(struct yaml_file *file, const char *name)
{
	struct buffer text = {0};
	int status = read_all(name, &text);

	*file = (struct yaml_file){.name = name};
	if (!status)
		status = parse(file, &text);
	buffer_release(&text);
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
	char text[LOG_LOCATION_SIZE];

	return fail(
		EX_CONFIG, log_location(text, file->name, yaml_line(node), message), {"key", key});
}

void yaml_warn(
	const struct yaml_file *file, const yaml_node_t *node, const char *message, const char *key)
{
	char text[LOG_LOCATION_SIZE];

	log_warning(log_location(text, file->name, yaml_line(node), message), {"key", key});
}

int yaml_file_error(const struct yaml_file *file, const yaml_node_t *node, enum log_level level,
	const char *key, const char *path, const char *reason)
{
	char text[LOG_LOCATION_SIZE];

	log_line(level,
		&(struct log_event){
			log_location(text, file->name, yaml_line(node), "cannot use a file"),
			{"key", key}, {"file", path}, {"reason", reason},
			{"hint", "it must exist and be readable for the user of this process"}});
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

static bool is_duplicate(
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
	int (*handle)(struct yaml_file *, void *, const yaml_node_t *, const yaml_node_t *),
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
		if (is_duplicate(file, node, pair))
			return yaml_fail(file, key, "duplicate key", yaml_text(key));
		status = handle(
			file, self, key, yaml_document_get_node(&file->document, pair->value));
	}
	return status;
}
