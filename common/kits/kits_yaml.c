/* kits.yaml: see wd-kits(5). */
#include "common/kits/kits_yaml.h"

#include "common/base/array.h"
#include "common/cli/spelling.h"
#include "common/file/yaml.h"
#include "common/kits/secret.h"
#include "common/kits/url.h"
#include "common/log/log.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <sysexits.h>
#include <unistd.h>

/* The type of a key's value, and of its field. */
enum yaml_kind {
	KIND_ID,      /* char * */
	KIND_TEXT,    /* char * */
	KIND_FILE,    /* char *: a path */
	KIND_SECRET,  /* char *: the contents of a file */
	KIND_INPUT,   /* enum kit_input */
	KIND_URL,     /* api_url and what is in it */
	KIND_BOOL,    /* bool */
	KIND_SECONDS, /* double */
	KIND_FACTOR,  /* double */
	KIND_COUNT,   /* int64_t */
	KIND_TEXTS,   /* struct text_list */
	KIND_HEADERS, /* struct text_list */
	KIND_KEYS,    /* more keys of the same kit */
};

struct yaml_key {
	const char *name;
	enum yaml_kind kind;
	size_t field;
	double min, max;
	const struct yaml_key *keys;
};

#define FIELD(name) offsetof(struct kit_config, name)

static const struct yaml_key retry_keys[] = {
	{"max_retries", KIND_COUNT, FIELD(max_retries), 0, 100},
	{"backoff_multiplier", KIND_FACTOR, FIELD(backoff_multiplier), 1, 100},
	{"base_delay", KIND_SECONDS, FIELD(base_delay_s), 0.1, 86400},
	{"max_delay", KIND_SECONDS, FIELD(max_delay_s), 0.1, 86400},
	{NULL},
};

static const struct yaml_key kit_keys[] = {
	{"id", KIND_ID, FIELD(id)},
	{"mqtt_id", KIND_ID, FIELD(mqtt_id)},
	{"source", KIND_INPUT, FIELD(input)},
	{"name", KIND_TEXT, FIELD(name)},
	{"api_url", KIND_URL, 0},
	{"location", KIND_TEXT, FIELD(location)},
	{"enabled", KIND_BOOL, FIELD(enabled)},
	{"poll_interval", KIND_SECONDS, FIELD(poll_interval_s), 0.1, 86400},
	{"status_interval", KIND_SECONDS, FIELD(status_interval_s), 0.1, 86400},
	{"timeout", KIND_SECONDS, FIELD(timeout_s), 0.1, 3600},
	{"tags", KIND_TEXTS, FIELD(tags)},
	{"retry_policy", KIND_KEYS, 0, .keys = retry_keys},
	{"rate_limit", KIND_COUNT, FIELD(rate_limit), 0, 1e9},
	{"headers", KIND_HEADERS, FIELD(headers)},
	{"bearer_token_file", KIND_SECRET, FIELD(bearer_token)},
	{"username", KIND_TEXT, FIELD(username)},
	{"password_file", KIND_SECRET, FIELD(password)},
	{"ca_file", KIND_FILE, FIELD(ca_file)},
	{"client_cert", KIND_FILE, FIELD(client_cert)},
	{"client_key", KIND_FILE, FIELD(client_key)},
	{NULL},
};

/* The kit that is being read, and the keys that are valid at this level. */
struct yaml_reader {
	const struct kit_source *source;
	const struct yaml_key *keys;
	struct kit_config *kit;
	struct kit_list *kits;
};

/* Return `path` as malloc'ed text: a credential of systemd, or relative to the folder of the
 * file. */
static char *resolve(const struct yaml_file *file, const char *path)
{
	const char *slash = strrchr(file->name, '/');
	size_t folder = *path == '/' || !slash ? 0 : (size_t)(slash - file->name) + 1;
	size_t size = folder + strlen(path) + 1;
	char *resolved = secret_find_credential(path);

	if (resolved)
		return resolved;
	resolved = malloc(size);
	if (resolved)
		snprintf(resolved, size, "%.*s%s", (int)folder, file->name, path);
	return resolved;
}

/* The configuration is not to blame when memory runs out. */
static int status_of(const char *error, int status)
{
	return error == kit_out_of_memory ? EX_OSERR : status;
}

static const char *add_text(struct text_list *texts, const yaml_node_t *node)
{
	const char *text = yaml_text(node);

	if (!text)
		return "expected a list of texts";
	return text_list_add(texts, strdup(text)) ? NULL : kit_out_of_memory;
}

/* Copy the texts of a list, or a single text. */
static const char *read_texts(
	const struct yaml_file *file, const yaml_node_t *node, struct text_list *texts)
{
	yaml_document_t *document = (yaml_document_t *)(uintptr_t)&file->document;
	const char *error = NULL;

	if (node->type != YAML_SEQUENCE_NODE)
		return add_text(texts, node);
	for (yaml_node_item_t *item = node->data.sequence.items.start;
		!error && item < node->data.sequence.items.top; item++)
		error = add_text(texts, yaml_document_get_node(document, *item));
	return error;
}

static const char *set_text(char **field, char *text)
{
	free(*field);
	*field = text;
	return text ? NULL : kit_out_of_memory;
}

static const char *read_id(const char *text, char **field)
{
	const char *error = kit_id_error(text);

	return error ? error : set_text(field, strdup(text));
}

/* libcurl reads the file for each connection, so it may be created later. */
static const char *read_path(const struct yaml_file *file, const struct yaml_key *key,
	const yaml_node_t *node, char **field)
{
	char *path = resolve(file, yaml_text(node));

	if (path && access(path, R_OK) != 0)
		yaml_file_error(file, node, LOG_WARNING, key->name, path, strerror(errno));
	return set_text(field, path);
}

static int read_secret(const struct yaml_file *file, const struct yaml_key *key,
	const yaml_node_t *node, char **field)
{
	char *path = resolve(file, yaml_text(node));
	char *text = NULL;
	const char *error = path ? secret_read(path, &text) : kit_out_of_memory;
	int status = 0;

	if (error)
		status = status_of(
			error, yaml_file_error(file, node, LOG_ERROR, key->name, path, error));
	else
		set_text(field, text);
	free(path);
	return status;
}

static const char *read_number(const struct yaml_key *key, const char *text, double *number)
{
	char *rest;

	if (key->kind == KIND_SECONDS) {
		if (!opt_seconds_parse(text, number))
			return "expected seconds";
	} else {
		*number = strtod(text, &rest);
		if (rest == text || *rest != '\0')
			return "expected a number";
	}
	if (key->kind == KIND_COUNT && *number != floor(*number))
		return "expected a whole number";
	return *number >= key->min && *number <= key->max ? NULL : "number out of range";
}

static bool is_header_name(const char *name)
{
	static const char token[] = "!#$%&'*+-.^_`|~0123456789abcdefghijklmnopqrstuvwxyz"
				    "ABCDEFGHIJKLMNOPQRSTUVWXYZ";

	return *name && name[strspn(name, token)] == '\0';
}

static int read_header(
	struct yaml_file *file, void *self, const yaml_node_t *key, const yaml_node_t *value)
{
	const char *name = yaml_text(key), *text = yaml_text(value);
	struct text_list *headers = self;

	if (!text || !is_header_name(name) || strpbrk(text, "\r\n"))
		return yaml_fail(file, key, "invalid header", name);
	size_t size = strlen(name) + strlen(text) + 3;
	char *header = malloc(size);
	/* curl sends a header without a value only if it ends in a semicolon. */
	if (header)
		snprintf(header, size, *text ? "%s: %s" : "%s;", name, text);
	return text_list_add(headers, header) ? 0 : fail(EX_OSERR, "out of memory");
}

static const char *read_input(const char *text, enum kit_input *input)
{
	for (unsigned i = 0; i < KIT_INPUTS; i++) {
		if (strcmp(text, kit_input_names[i]) == 0) {
			*input = (enum kit_input)i;
			return NULL;
		}
	}
	return "expected http, mqtt or both";
}

static const char *read_scalar(const struct yaml_file *file, const struct yaml_key *key,
	const yaml_node_t *node, struct kit_config *kit)
{
	const char *text = yaml_text(node), *error = NULL;
	void *field = (char *)kit + key->field;
	double number;

	if (!text)
		return "expected one value";
	if (key->kind == KIND_ID)
		return read_id(text, field);
	if (key->kind == KIND_TEXT)
		return set_text(field, strdup(text));
	if (key->kind == KIND_INPUT)
		return read_input(text, field);
	if (key->kind == KIND_URL)
		return url_parse(text, kit);
	if (key->kind == KIND_BOOL)
		return yaml_bool(node, field) ? NULL : "expected true or false";
	if (key->kind == KIND_FILE)
		return read_path(file, key, node, field);
	error = read_number(key, text, &number);
	if (!error && key->kind == KIND_COUNT)
		*(int64_t *)field = (int64_t)number;
	else if (!error)
		*(double *)field = number;
	return error;
}

static int read_key(struct yaml_file *, void *, const yaml_node_t *, const yaml_node_t *);

static int read_value(struct yaml_file *file, struct yaml_reader *reader,
	const struct yaml_key *key, const yaml_node_t *node)
{
	void *field = (char *)reader->kit + key->field;
	struct yaml_reader inner = {reader->source, key->keys, reader->kit, reader->kits};
	const char *error;

	if (key->kind == KIND_KEYS)
		return yaml_each(file, node, key->name, read_key, &inner);
	if (key->kind == KIND_HEADERS)
		return yaml_each(file, node, key->name, read_header, field);
	if (key->kind == KIND_SECRET && yaml_text(node))
		return read_secret(file, key, node, field);
	if (key->kind == KIND_TEXTS)
		error = read_texts(file, node, field);
	else
		error = read_scalar(file, key, node, reader->kit);
	return error ? status_of(error, yaml_fail(file, node, error, key->name)) : 0;
}

/* Log an unknown key, and the key that was probably meant. */
static void warn_unknown_key(
	const struct yaml_file *file, const struct yaml_key *keys, const yaml_node_t *node)
{
	const char *name = yaml_text(node);
	char message[64] = "unknown key";

	for (; keys->name; keys++) {
		if (one_edit_apart(name, keys->name))
			snprintf(message, sizeof(message), "unknown key; did you mean %s?",
				keys->name);
	}
	yaml_warn(file, node, message, name);
}

static int read_key(
	struct yaml_file *file, void *self, const yaml_node_t *key_node, const yaml_node_t *value)
{
	struct yaml_reader *reader = self;
	const char *name = yaml_text(key_node);
	const struct yaml_key *key = reader->keys;

	while (key->name && strcmp(key->name, name) != 0)
		key++;
	if (!key->name) {
		warn_unknown_key(file, reader->keys, key_node);
		return 0;
	}
	bool names_file = key->kind == KIND_SECRET || key->kind == KIND_FILE;
	if (yaml_null(value) || (names_file && reader->source->skips_files))
		return 0;
	return read_value(file, reader, key, value);
}

/* Options of the command line override the file, whose values were checked all the same. */
static void apply_overrides(const struct kit_source *source, struct kit_config *kit)
{
	for (size_t i = 0; i < source->override_count; i++) {
		const struct kit_override *o = &source->overrides[i];
		if (o->origin == OPT_FROM_COMMAND_LINE)
			memcpy((char *)kit + o->offset, (const char *)source->defaults + o->offset,
				o->size);
	}
}

static int check_kit(struct yaml_file *file, const yaml_node_t *node, const struct kit_config *kit)
{
	if (!kit->bearer_token && kit->password && !kit->username)
		return yaml_fail(file, node, "a password needs a username", "password_file");
	if (kit->input != KIT_HTTP && !kit->id)
		return yaml_fail(file, node, "a kit that publishes needs an id", "id");
	if (kit->max_delay_s < kit->base_delay_s)
		return yaml_fail(file, node,
			"the longest pause (max_delay, --max-backoff) is shorter than the first "
			"(base_delay, --initial-backoff)",
			"retry_policy");
	return 0;
}

static int read_kit(struct yaml_reader *reader, struct yaml_file *file, const yaml_node_t *node)
{
	struct kit_config kit = *reader->source->defaults;
	struct yaml_reader inner = {reader->source, kit_keys, &kit, reader->kits};
	int status = yaml_each(file, node, "kits", read_key, &inner);

	apply_overrides(reader->source, &kit);
	kit.line = yaml_line(node);
	kit.file = strdup(file->name);
	if (!status)
		status = check_kit(file, node, &kit);
	if (!status && !kit.api_url && kit.input != KIT_MQTT)
		yaml_warn(file, node, "kit without an api_url skipped", kit.id);
	else if (!status && (!kit.file || !kit_list_add(reader->kits, &kit)))
		status = fail(EX_OSERR, "out of memory", {"file", file->name});
	kit_release(&kit);
	return status;
}

static int read_top_key(
	struct yaml_file *file, void *self, const yaml_node_t *key, const yaml_node_t *value)
{
	struct yaml_reader *reader = self;
	int status = 0;

	if (strcmp(yaml_text(key), "kits") != 0) {
		yaml_warn(file, key, "unknown key", yaml_text(key));
		return 0;
	}
	if (yaml_null(value))
		return 0;
	if (value->type != YAML_SEQUENCE_NODE)
		return yaml_fail(file, value, "expected a list", "kits");
	for (yaml_node_item_t *item = value->data.sequence.items.start;
		!status && item < value->data.sequence.items.top; item++)
		status = read_kit(reader, file, yaml_document_get_node(&file->document, *item));
	return status;
}

int kits_yaml_read(const char *name, const struct kit_source *source, struct kit_list *kits)
{
	struct yaml_reader reader = {.source = source, .kits = kits};
	struct yaml_file file;
	int status = yaml_open(&file, name);

	if (status)
		return status;
	yaml_node_t *root = yaml_document_get_root_node(&file.document);
	if (root)
		status = yaml_each(&file, root, "kits", read_top_key, &reader);
	yaml_close(&file);
	return status;
}
