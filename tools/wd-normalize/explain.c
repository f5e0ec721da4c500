/* --explain: for each field which key and which rule gave it, in place of the records. */
#include "tools/wd-normalize/explain.h"

#include "common/json.h"
#include "common/log.h"

#include <stdio.h>

enum {
	SHOWN_MAX = 40, /* what is longer is cut in the text for people */
};

/* The key as one would write it in jq, without the dot: "rid.make". */
static void name_key(
	const struct map_table *table, const struct source *source, char *out, size_t size)
{
	const char *group = source->in ? table->groups[source->in] : NULL;

	snprintf(out, size, "%s%s%s", group ? group : "", group ? "." : "", source->key);
}

/* Whether there is anything to say about a column. */
static bool worth_telling(const struct cell *cell)
{
	return cell->source || cell->form != FORM_NONE;
}

/* A JSON value, cut, with texts decoded, and nothing that a terminal would obey. */
static void show(struct span value, char out[SHOWN_MAX])
{
	char text[4 * SHOWN_MAX];

	if (scan_kind(value) == SCAN_TEXT)
		scan_text(value, text, sizeof(text));
	else
		snprintf(text, sizeof(text), "%.*s", (int)value.length, value.data);
	log_quote(out, SHOWN_MAX, value.data ? text : "-");
}

static void explain_cell(
	const struct map_table *table, size_t index, const struct cell *cell, struct buffer *out)
{
	char key[SHOWN_MAX] = "-", raw[SHOWN_MAX], result[SHOWN_MAX];
	struct buffer json = {0};

	if (cell->source)
		name_key(table, cell->source, key, sizeof(key));
	show(cell->raw, raw);
	cell_put(cell, &json);
	show(buffer_span(&json), result);
	buffer_printf(out, "  %-20s %-21s %-*s %-*s %s\n", table->columns[index].name, key,
		SHOWN_MAX, raw, SHOWN_MAX, result, cell->rule ? cell->rule : "as it is");
	out->failed |= json.failed;
	buffer_release(&json);
}

const char *explain_as_text(
	void *self, const struct row *row, const struct mapping *mapping, struct buffer *out)
{
	const struct map_table *table = mapping->table;

	(void)self;
	buffer_printf(out, "%-22s %-21s %-*s %-*s %s\n", table->name, "key", SHOWN_MAX, "came as",
		SHOWN_MAX, "goes as", "rule");
	for (size_t i = 0; i < table->count; i++) {
		if (worth_telling(&row->cells[i]))
			explain_cell(table, i, &row->cells[i], out);
	}
	buffer_add_char(out, '\n');
	return NULL;
}

/* What came in, which may hold bytes that are no UTF-8, NaN and white space, as clean JSON. */
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

static void explain_member(
	const struct map_table *table, size_t index, const struct cell *cell, struct buffer *out)
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

const char *explain_as_json(
	void *self, const struct row *row, const struct mapping *mapping, struct buffer *out)
{
	const struct map_table *table = mapping->table;

	(void)self;
	json_open(out, "explain");
	json_text(out, "record", span_of(table->name));
	buffer_add_text(out, ",\"fields\":[");
	/* The first column, `time`, always has a value. */
	for (size_t i = 0; i < table->count; i++) {
		if (worth_telling(&row->cells[i]))
			explain_member(table, i, &row->cells[i], out);
	}
	buffer_add_char(out, ']');
	json_close(out);
	return NULL;
}
