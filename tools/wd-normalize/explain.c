/* --explain: for each field, the key and the rule that gave it. */
#include "tools/wd-normalize/explain.h"

#include "common/base/utf8.h"
#include "common/lines/json.h"
#include "common/log/log.h"
#include "tools/wd-normalize/unused.h"

#include <stdio.h>

enum {
	SHOWN_MAX = 40, /* longer values are cut in the text for people */
	KEY_SIZE = 128,
};

/* Write the key as in jq, without the dot: "rid.make". */
static void name_key(
	const struct map_table *table, const struct map_source *source, char *out, size_t size)
{
	const char *group = source->in ? table->groups[source->in] : NULL;

	snprintf(out, size, "%s%s%s", group ? group : "", group ? "." : "", source->key);
}

/* Return whether the column has a value or had a candidate. */
static bool is_shown(const struct map_cell *cell)
{
	return cell->source || cell->form != FORM_NONE;
}

/* Write a JSON value, cut, with texts decoded, safe for a terminal. */
static void show(struct span value, char out[SHOWN_MAX])
{
	char text[4 * SHOWN_MAX];

	if (scan_kind(value) == SCAN_TEXT)
		scan_text(value, text, sizeof(text));
	else
		snprintf(text, sizeof(text), "%.*s", (int)value.length, value.data);
	log_quote(out, SHOWN_MAX, value.data ? text : "-");
}

static void explain_cell(const struct map_table *table, size_t index, const struct map_cell *cell,
	struct buffer *out)
{
	char key[SHOWN_MAX] = "-", raw[SHOWN_MAX], result[SHOWN_MAX];
	struct buffer json = {0};

	if (cell->source)
		name_key(table, cell->source, key, sizeof(key));
	show(cell->raw, raw);
	cell_put(cell, &json);
	show(buffer_span(&json), result);
	buffer_printf(out, "  %-20s %-21s %-*s %-*s %s\n", table->columns[index].name, key,
		SHOWN_MAX, raw, SHOWN_MAX, result, cell->rule ? cell->rule : "unchanged");
	out->failed |= json.failed;
	buffer_release(&json);
}

static void explain_unused(
	const struct map_row *row, const struct mapping *mapping, struct buffer *out)
{
	struct unused unused;
	char key[KEY_SIZE], shown[KEY_SIZE];
	bool any = false;

	unused_open(&unused, row, mapping);
	while (unused_next(&unused, key, sizeof(key))) {
		log_quote(shown, sizeof(shown), key);
		buffer_printf(out, "%s%s", any ? " " : "  not used             ", shown);
		any = true;
	}
	if (any)
		buffer_add_char(out, '\n');
}

const char *explain_as_text(
	void *self, const struct map_row *row, const struct mapping *mapping, struct buffer *out)
{
	const struct map_table *table = mapping->table;

	(void)self;
	buffer_printf(out, "%-22s %-21s %-*s %-*s %s\n", table->name, "key", SHOWN_MAX, "sent",
		SHOWN_MAX, "written", "rule");
	for (size_t i = 0; i < table->count; i++) {
		if (is_shown(&row->cells[i]))
			explain_cell(table, i, &row->cells[i], out);
	}
	explain_unused(row, mapping, out);
	buffer_add_char(out, '\n');
	return NULL;
}

/* Write the value as sent, which may hold bytes that are not UTF-8, NaN and white space, as clean
 * JSON. */
static void put_raw(struct buffer *out, struct span raw)
{
	struct scan_error error;
	size_t written;

	if (!raw.data)
		return;
	buffer_add_text(out, ",\"raw\":");
	char *at = buffer_reserve(out, SCAN_COMPACT_MAX(raw.length));
	if (at && scan_compact(raw, SCAN_REPAIR, at, &written, &error))
		out->length += written;
}

static void explain_member(const struct map_table *table, size_t index, const struct map_cell *cell,
	struct buffer *out)
{
	char key[SHOWN_MAX];

	buffer_printf(out, "%s{\"column\":\"%s\"", index ? "," : "", table->columns[index].name);
	if (cell->source) {
		name_key(table, cell->source, key, sizeof(key));
		json_text(out, "key", span_of(key));
	}
	put_raw(out, cell->raw);
	json_text(out, "rule", span_of(cell->rule));
	if (cell->form != FORM_NONE) {
		buffer_add_text(out, ",\"result\":");
		cell_put(cell, out);
	}
	buffer_add_char(out, '}');
}

static void put_unused(const struct map_row *row, const struct mapping *mapping, struct buffer *out)
{
	struct unused unused;
	char key[KEY_SIZE];
	const char *join = "";

	buffer_add_text(out, ",\"unused\":[");
	unused_open(&unused, row, mapping);
	while (unused_next(&unused, key, sizeof(key))) {
		buffer_add_text(out, join);
		json_put_text(out, span_of(key));
		join = ",";
	}
	buffer_add_char(out, ']');
}

static void put_code(struct buffer *out, uint32_t code)
{
	if (code < 0x10000) {
		buffer_printf(out, "\\u%04x", code);
		return;
	}
	code -= 0x10000;
	buffer_printf(out, "\\u%04x\\u%04x", 0xd800 + (code >> 10), 0xdc00 + (code & 0x3ff));
}

/* Append JSON text with its invisible characters escaped; they can only be inside of strings. */
static void put_visible(struct buffer *out, struct span text)
{
	uint32_t code;
	size_t length;

	for (size_t at = 0; at < text.length; at += length) {
		length = utf8_decode(text.data + at, text.length - at, &code);
		if (length > 1 && utf8_is_invisible(code))
			put_code(out, code);
		else if (length)
			buffer_add(out, text.data + at, length);
		length = length ? length : 1;
	}
}

const char *explain_as_json(
	void *self, const struct map_row *row, const struct mapping *mapping, struct buffer *out)
{
	const struct map_table *table = mapping->table;
	struct buffer line = {0};

	(void)self;
	json_open(&line, "explain");
	json_text(&line, "record", span_of(table->name));
	buffer_add_text(&line, ",\"fields\":[");
	/* The first column, `time`, always has a value. */
	for (size_t i = 0; i < table->count; i++) {
		if (is_shown(&row->cells[i]))
			explain_member(table, i, &row->cells[i], &line);
	}
	buffer_add_char(&line, ']');
	put_unused(row, mapping, &line);
	json_close(&line);
	put_visible(out, buffer_span(&line));
	out->failed |= line.failed;
	buffer_release(&line);
	return NULL;
}
