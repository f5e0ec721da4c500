/* Comma-separated values: the records of one type, one row each, below one header. */
#include "tools/wd-export/csv.h"

#include "common/base/array.h"
#include "common/base/utf8.h"
#include "common/base/xalloc.h"
#include "common/log/log.h"
#include "common/record/columns.h"
#include "tools/wd-export/format.h"

#include <stdlib.h>
#include <sysexits.h>

/* The keys that are read from each line: the type, then the columns of the table. */
static struct {
	const struct table *table;
	const char *names[COLUMNS_MAX + 1];
	struct scan_keys keys;
} reader;

/* Whether a spreadsheet would evaluate the text as a formula. Spreadsheets skip leading white
 * space; Excel accepts the full-width forms of East Asian keyboards, too. */
static bool looks_like_formula(struct span text)
{
	static const char *const beginnings[] = {
		"=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠"};

	for (size_t i = 0; i < ARRAY_SIZE(beginnings); i++) {
		size_t length = strlen(beginnings[i]);
		if (text.length >= length && memcmp(text.data, beginnings[i], length) == 0)
			return true;
	}
	return false;
}

static bool needs_quotes(struct span text)
{
	for (size_t i = 0; i < text.length; i++) {
		if (text.data[i] == ',' || text.data[i] == '"' || text.data[i] == '\n' ||
			text.data[i] == '\r')
			return true;
	}
	return false;
}

/* Return the length of a terminal control character at `at`, else 0: C0 except tab and line ends,
 * DEL, C1. */
static size_t control_length(struct span text, size_t at)
{
	unsigned char byte = (unsigned char)text.data[at];

	if (byte == 0xc2 && at + 1 < text.length && (unsigned char)text.data[at + 1] < 0xa0)
		return 2;
	return (byte < 0x20 && !strchr("\t\n\r", byte)) || byte == 0x7f;
}

void csv_put_text(struct buffer *out, struct span text, bool guarded)
{
	bool quoted = needs_quotes(text);

	if (quoted)
		buffer_add_char(out, '"');
	if (guarded && looks_like_formula(text))
		buffer_add_char(out, '\'');
	for (size_t i = 0; i < text.length; i++) {
		size_t skipped = guarded ? control_length(text, i) : 0;
		if (text.data[i] == '"')
			buffer_add_char(out, '"');
		if (skipped)
			buffer_add_text(out, UTF8_REPLACEMENT_TEXT);
		else
			buffer_add_char(out, text.data[i]);
		i += skipped > 1;
	}
	if (quoted)
		buffer_add_char(out, '"');
}

static void put_string(struct buffer *out, struct span json, bool guarded)
{
	/* The decoded text is never longer than its JSON. */
	char *text = xmalloc(json.length + 1);
	size_t length = scan_text(json, text, json.length + 1);
	csv_put_text(out, (struct span){text, length}, guarded);
	free(text);
}

void csv_put_value(struct buffer *out, struct span json, bool guarded)
{
	switch (scan_kind(json)) {
	case SCAN_NULL:
		break;
	case SCAN_TEXT:
		put_string(out, json, guarded);
		break;
	default:
		csv_put_text(out, json, false);
	}
}

/* The digest is computed by wd-store and is in no line. */
static bool is_exported(const struct column *column)
{
	return column->kind != COLUMN_DIGEST;
}

static void end_cell(struct export_output *output, const struct column *column)
{
	const struct column *last = &reader.table->columns[reader.table->count - 1];

	buffer_add_text(&output->text, column == last ? "\r\n" : ",");
}

static void put_heading(struct export_output *output, const struct column *column)
{
	buffer_add_text(&output->text, column_source(column));
	if (column->unit && !output->raw)
		buffer_printf(&output->text, " [%s]", column->unit);
	end_cell(output, column);
}

static int begin(struct export_output *output)
{
	reader.table = strcmp(output->type, flight_table.type) == 0 ? &flight_table
								    : table_find(output->type);
	if (!reader.table)
		return fail(EX_USAGE, "unknown record type", {"type", output->type});
	reader.names[0] = "type";
	for (size_t c = 0; c < reader.table->count; c++) {
		const struct column *column = &reader.table->columns[c];
		reader.names[c + 1] = column_source(column);
		if (is_exported(column))
			put_heading(output, column);
	}
	scan_keys_init(&reader.keys, reader.names, reader.table->count + 1);
	return 0;
}

static int line(struct export_output *output, struct span text)
{
	struct scan_member members[COLUMNS_MAX + 1];
	struct scan_error error;

	if (!scan_object(text, &reader.keys, members, &error)) {
		output->malformed++;
		return 0;
	}
	if (!scan_text_is(members[0].value, reader.table->type)) {
		export_ignore(output, text);
		return 0;
	}
	output->shown++;
	for (size_t c = 0; c < reader.table->count; c++) {
		const struct column *column = &reader.table->columns[c];
		if (!is_exported(column))
			continue;
		csv_put_value(&output->text, members[c + 1].value, !output->raw);
		end_cell(output, column);
	}
	return 0;
}

const struct format format_csv = {"csv", begin, line, NULL, 0};
