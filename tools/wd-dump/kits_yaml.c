#include "tools/wd-dump/kits_yaml.h"

#include "common/base/xalloc.h"
#include "common/file/read_file.h"
#include "common/file/write_atomic.h"
#include "common/log/log.h"
#include "common/scan/scan.h"

#include <stdlib.h>
#include <sysexits.h>
#include <unistd.h>
#include <yaml.h>

/* The members of a kit in kits.yaml, and the columns that they come from. */
static const struct {
	const char *key, *column;
} members[] = {
	{"id", "kit_id"},
	{"name", "name"},
	{"location", "location"},
	{"api_url", "api_url"},
	{"tags", "tags"},
};

static int append(void *out, unsigned char *bytes, size_t length)
{
	buffer_add(out, bytes, length);
	return 1;
}

static void emit(yaml_emitter_t *yaml, yaml_event_t *event)
{
	if (!yaml_emitter_emit(yaml, event))
		log_debug("libyaml", {"problem", yaml->problem});
}

/* Quoted, so that `true` and `1e3` remain text. */
static void put_text(yaml_emitter_t *yaml, struct span text, yaml_scalar_style_t style)
{
	yaml_event_t event;

	yaml_scalar_event_initialize(
		&event, NULL, NULL, (const yaml_char_t *)text.data, (int)text.length, 1, 1, style);
	emit(yaml, &event);
}

static void begin_sequence(yaml_emitter_t *yaml, yaml_sequence_style_t style)
{
	yaml_event_t event;

	yaml_sequence_start_event_initialize(&event, NULL, NULL, 1, style);
	emit(yaml, &event);
}

static void end_sequence(yaml_emitter_t *yaml)
{
	yaml_event_t event;

	yaml_sequence_end_event_initialize(&event);
	emit(yaml, &event);
}

static void begin_mapping(yaml_emitter_t *yaml)
{
	yaml_event_t event;

	yaml_mapping_start_event_initialize(&event, NULL, NULL, 1, YAML_BLOCK_MAPPING_STYLE);
	emit(yaml, &event);
}

static void end_mapping(yaml_emitter_t *yaml)
{
	yaml_event_t event;

	yaml_mapping_end_event_initialize(&event);
	emit(yaml, &event);
}

static void put_tags(yaml_emitter_t *yaml, struct span json)
{
	char *text = xmalloc(json.length + 1);
	struct span rest, item;

	begin_sequence(yaml, YAML_FLOW_SEQUENCE_STYLE);
	rest = scan_items(json);
	while (scan_next(&rest, &item)) {
		size_t length = scan_text(item, text, json.length + 1);
		put_text(yaml, (struct span){text, length}, YAML_DOUBLE_QUOTED_SCALAR_STYLE);
	}
	end_sequence(yaml);
	free(text);
}

/* A kit without tags is the same as one with an empty list, which wd-poll makes of it. */
static bool has_tags(struct span json)
{
	struct scan_error error;

	return scan_check(json, SCAN_STRICT, &error) && scan_kind(json) == SCAN_ARRAY &&
	       scan_items(json).length > 0;
}

static void put_member(
	yaml_emitter_t *yaml, const char *key, const struct column *column, const struct cell *cell)
{
	if (cell->kind != CELL_TEXT || (column->kind == COLUMN_TAGS && !has_tags(cell->text)))
		return;
	put_text(yaml, span_of(key), YAML_PLAIN_SCALAR_STYLE);
	if (column->kind == COLUMN_TAGS)
		put_tags(yaml, cell->text);
	else
		put_text(yaml, cell->text, YAML_DOUBLE_QUOTED_SCALAR_STYLE);
}

static void put_kit(yaml_emitter_t *yaml, const struct row *row)
{
	begin_mapping(yaml);
	for (size_t m = 0; m < sizeof(members) / sizeof(members[0]); m++) {
		for (size_t c = 0; c < row->table->count; c++) {
			const struct column *column = &row->table->columns[c];
			if (strcmp(column->name, members[m].column) == 0)
				put_member(yaml, members[m].key, column, &row->cells[c]);
		}
	}
	end_mapping(yaml);
}

static int put_kits(yaml_emitter_t *yaml, struct source *source)
{
	struct row row = {.table = &tables[TABLE_KIT]};
	bool more = true;
	int status = 0;

	begin_mapping(yaml);
	put_text(yaml, SPAN("kits"), YAML_PLAIN_SCALAR_STYLE);
	begin_sequence(yaml, YAML_BLOCK_SEQUENCE_STYLE);
	while (!status && more) {
		status = source->calls->next(source, TABLE_KIT, &row, &more);
		if (!status && more)
			put_kit(yaml, &row);
	}
	end_sequence(yaml);
	end_mapping(yaml);
	return status;
}

static int put_document(struct buffer *out, struct source *source)
{
	yaml_emitter_t yaml;
	yaml_event_t event;

	if (!yaml_emitter_initialize(&yaml))
		return fail(EX_OSERR, "out of memory");
	yaml_emitter_set_output(&yaml, append, out);
	yaml_emitter_set_unicode(&yaml, 1);
	yaml_emitter_set_width(&yaml, -1);
	yaml_stream_start_event_initialize(&event, YAML_UTF8_ENCODING);
	emit(&yaml, &event);
	yaml_document_start_event_initialize(&event, NULL, NULL, NULL, 1);
	emit(&yaml, &event);
	int status = put_kits(&yaml, source);
	yaml_document_end_event_initialize(&event, 1);
	emit(&yaml, &event);
	yaml_stream_end_event_initialize(&event);
	emit(&yaml, &event);
	if (!status && yaml.error != YAML_NO_ERROR)
		status = fail(EX_SOFTWARE, "cannot write YAML", {"reason", yaml.problem});
	yaml_emitter_delete(&yaml);
	return status;
}

static int begin(struct source *source, const struct opt_list *kits)
{
	const struct selection selection = {.http_kits = true, .kits = *kits};
	bool exists[COLUMNS_MAX] = {false};
	struct query query;
	int status = source->calls->columns(source, TABLE_KIT, exists);

	if (status)
		return status;
	if (!exists[0])
		return fail(EX_CONFIG, "no such table in the database",
			{"table", tables[TABLE_KIT].name}, {"hint", "wd-store --migrate"});
	query_build(&query, source->calls->dialect, TABLE_KIT, exists, &selection);
	status = query.sql.failed ? fail(EX_OSERR, "out of memory")
				  : source->calls->begin(source, TABLE_KIT, &query);
	query_release(&query);
	return status;
}

/* A file that has this content already is left alone, so that who watches it is not woken. */
static int replace_file(const char *path, struct buffer *content)
{
	struct buffer present = {0};
	bool found = false;
	int status = content->failed ? fail(EX_OSERR, "out of memory")
				     : read_file(path, &present, NULL, &found);

	if (!status && !(found && present.length == content->length &&
			       memcmp(present.data, content->data, content->length) == 0))
		status = write_atomic(path, content);
	buffer_release(&present);
	return status;
}

int kits_yaml_write(struct source *source, const struct opt_list *kits, const char *file)
{
	struct buffer out = {0};
	int status = begin(source, kits);

	if (!status)
		status = put_document(&out, source);
	if (!status)
		status = file ? replace_file(file, &out)
			      : buffer_write(&out, STDOUT_FILENO, "stdout");
	buffer_release(&out);
	return status;
}
