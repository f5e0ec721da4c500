#include "tools/wd-store/rows/rows.h"

#include "common/base/hash.h"
#include "common/base/utf8.h"
#include "common/log/log.h"
#include "common/record/record.h"
#include "common/record/reject.h"
#include "tools/wd-store/rows/digest.h"

#include <stdio.h>
#include <stdlib.h>
#include <sysexits.h>

/* The maximum that the lines of a batch take of `texts`: decoded values, or in a reject three bytes
 * (U+FFFD) for each byte, and the reason. */
#define TEXTS_MAX(bytes, lines) (3 * (bytes) + (lines) * (REJECT_REASON_SIZE + DIGEST_TEXT_LENGTH))

static uint8_t key_index(struct rows *rows, const char *name)
{
	for (size_t i = 0; i < rows->keys.count; i++) {
		if (strcmp(rows->names[i], name) == 0)
			return (uint8_t)i;
	}
	rows->names[rows->keys.count] = name;
	return (uint8_t)rows->keys.count++;
}

/* One set of keys for all types, because a line is scanned before its type is known. */
static void index_columns(struct rows *rows)
{
	key_index(rows, "type");
	rows->body = key_index(rows, "body");
	for (size_t t = 0; t < TABLE_COUNT; t++) {
		for (size_t c = 0; c < tables[t].count && t != TABLE_SIGHTING; c++)
			rows->member_of[t][c] =
				key_index(rows, column_source(&tables[t].columns[c]));
	}
	scan_keys_init(&rows->keys, rows->names, rows->keys.count);
}

int rows_init(struct rows *rows, size_t max)
{
	*rows = (struct rows){.slot_count = 1024};
	while (rows->slot_count < 2 * max)
		rows->slot_count *= 2;
	rows->slots = calloc(rows->slot_count, sizeof(*rows->slots));
	if (!rows->slots)
		return fail(EX_OSERR, "out of memory");
	index_columns(rows);
	return arena_open(&rows->texts, TEXTS_MAX(batch_bytes_max, max));
}

void rows_release(struct rows *rows)
{
	for (size_t t = 0; t < TABLE_COUNT; t++)
		free(rows->of[t].values);
	free(rows->slots);
	arena_close(&rows->texts);
	*rows = (struct rows){0};
}

void rows_clear(struct rows *rows)
{
	for (size_t t = 0; t < TABLE_COUNT; t++)
		rows->of[t].count = 0;
	rows->read = rows->rejected = rows->ignored = rows->not_normalized = 0;
	memset(rows->slots, 0, rows->slot_count * sizeof(*rows->slots));
	arena_clear(&rows->texts);
}

/* Return space for one more row of `table`, which add_row() then adds, or NULL without memory. */
static struct value *next_row(struct rows *rows, size_t table)
{
	struct table_rows *table_rows = &rows->of[table];
	size_t width = tables[table].count;

	if (table_rows->count == table_rows->capacity) {
		size_t capacity = table_rows->capacity ? 2 * table_rows->capacity : 64;
		struct value *values =
			realloc(table_rows->values, capacity * width * sizeof(*table_rows->values));
		if (!values)
			return NULL;
		table_rows->values = values;
		table_rows->capacity = capacity;
	}
	return table_rows->values + table_rows->count * width;
}

static uint64_t hash_key(size_t t, const struct value *row)
{
	uint64_t hash = HASH_START ^ t;

	for (size_t c = 0; c < tables[t].count && tables[t].columns[c].key; c++) {
		double real = row[c].kind == VALUE_REAL ? row[c].real + 0.0 : 0;
		if (row[c].kind == VALUE_TEXT)
			hash = hash_bytes(hash, row[c].text.data, row[c].text.length);
		else if (row[c].kind == VALUE_REAL)
			hash = hash_bytes(hash, &real, sizeof(real));
		else
			hash = hash_bytes(hash, &row[c].integer, sizeof(row[c].integer));
	}
	return hash_fold(hash);
}

static bool same_key(const struct table *table, const struct value *a, const struct value *b)
{
	for (size_t c = 0; c < table->count && table->columns[c].key; c++) {
		if (!value_equal(&a[c], &b[c]))
			return false;
	}
	return true;
}

/* Return the existing row with the key of `row`, or NULL after reserving a slot for it. */
static struct value *find_or_reserve(struct rows *rows, size_t t, const struct value *row)
{
	size_t at = (size_t)(hash_key(t, row) % rows->slot_count);
	struct table_rows *table_rows = &rows->of[t];

	for (; rows->slots[at]; at = (at + 1) % rows->slot_count) {
		uint32_t slot = rows->slots[at] - 1;
		if (slot % TABLE_COUNT != t)
			continue;
		struct value *there = table_rows->values + slot / TABLE_COUNT * tables[t].count;
		if (same_key(&tables[t], there, row))
			return there;
	}
	rows->slots[at] = (uint32_t)(table_rows->count * TABLE_COUNT + t + 1);
	return NULL;
}

/* Whether the clock of `newer` replaces that of `older`. */
static bool in_order(const struct rows *rows, const struct table *table, const struct value *older,
	const struct value *newer)
{
	for (size_t c = 0; c < table->count; c++) {
		if (table->clock && strcmp(table->columns[c].name, table->clock) == 0)
			return value_time_replaces(older[c].integer, newer[c].integer, rows->limit);
	}
	return true;
}

/* Add the row that next_row() returned, or merge it into the existing one. */
static void add_row(struct rows *rows, size_t t, const struct value *row)
{
	const struct table *table = &tables[t];
	struct value *there = find_or_reserve(rows, t, row);

	if (!there) {
		rows->of[t].count++;
		return;
	}
	bool current = in_order(rows, table, there, row);
	for (size_t c = 0; c < table->count; c++)
		there[c] = value_merge(
			table->columns[c].merge, &there[c], &row[c], current, rows->limit);
}

/* Write one character as it is, or as JSON escapes it in ASCII, which keeps a record readable. */
static size_t put_code(uint32_t code, bool ascii, char *out)
{
	if (!ascii || code < 0x80)
		return utf8_encode(code, out);
	if (code < 0x10000)
		return (size_t)sprintf(out, "\\u%04x", code);
	code -= 0x10000;
	return (size_t)sprintf(
		out, "\\u%04x\\u%04x", 0xd800 + (code >> 10), 0xdc00 + (code & 0x3ff));
}

/* Return the beginning of `raw` as text: invalid UTF-8 and NUL become U+FFFD, or ? in ASCII. */
static struct value raw_text(struct rows *rows, struct span raw)
{
	size_t length = raw.length < RECORD_RAW_MAX ? raw.length : RECORD_RAW_MAX;
	/* The NUL that sprintf() adds after the last character. */
	size_t room = 3 * length + 1;
	char *out = arena_take(&rows->texts, room);
	size_t used = 0, at = 0;
	uint32_t code;

	if (!out)
		return (struct value){.kind = VALUE_NULL};
	while (at < length) {
		size_t taken = utf8_decode(raw.data + at, raw.length - at, &code);
		if (at + taken > length)
			break;
		if (!taken || !code)
			code = rows->ascii ? '?' : UTF8_REPLACEMENT;
		used += put_code(code, rows->ascii, out + used);
		at += taken ? taken : 1;
	}
	rows->texts.used -= room - used;
	return (struct value){.kind = VALUE_TEXT, .text = {out, used}};
}

static struct value text_value(struct span text)
{
	return (struct value){.kind = text.data ? VALUE_TEXT : VALUE_NULL, .text = text};
}

static struct value copied_text(struct rows *rows, const char *text)
{
	size_t length = strlen(text);
	char *copy = arena_take(&rows->texts, length);

	if (!copy)
		return text_value(span_of(reject_code_table[REJECT_REFUSED].code));
	memcpy(copy, text, length);
	return text_value((struct span){copy, length});
}

/* Return the value that the line has for a column of `rejects`, or NULL if it is not valid. */
static struct value valid_value(struct rows *rows, const struct scan_member *members, int column)
{
	const struct table *table = &tables[TABLE_OWN_REJECTS];
	struct value value = {.kind = VALUE_NULL};

	if (!members)
		return value;
	struct span json = members[rows->member_of[TABLE_OWN_REJECTS][column]].value;
	if (value_read(&table->columns[column], json, &rows->texts, &value))
		value.kind = VALUE_NULL;
	return value;
}

/* Add a row of `rejects` for a line that cannot be stored. `members` NULL: it is not an object. */
static int reject(
	struct rows *rows, struct span line, const struct scan_member *members, const char *reason)
{
	struct value *row = next_row(rows, TABLE_OWN_REJECTS);

	if (!row)
		return fail(EX_OSERR, "out of memory");
	row[REJECT_TIME] = valid_value(rows, members, REJECT_TIME);
	row[REJECT_KIT] = valid_value(rows, members, REJECT_KIT);
	if (rows->ascii && row[REJECT_KIT].kind == VALUE_TEXT)
		row[REJECT_KIT] = raw_text(rows, row[REJECT_KIT].text);
	row[REJECT_STAGE] = text_value(SPAN("wd-store"));
	row[REJECT_REASON] = copied_text(rows, reason);
	row[REJECT_RAW] = raw_text(rows, line);
	if (!digest_row(&tables[TABLE_OWN_REJECTS], row, &rows->texts, &row[REJECT_DIGEST]))
		row[REJECT_DIGEST] = row[REJECT_REASON];
	add_row(rows, TABLE_OWN_REJECTS, row);
	rows->rejected++;
	return 0;
}

/* Return the table for a type of line, or TABLE_COUNT if there is none. */
static size_t table_for(struct span type)
{
	size_t t = 0;

	while (t < TABLE_COUNT && !(tables[t].type && scan_text_is(type, tables[t].type)))
		t++;
	return t;
}

static int add_record(
	struct rows *rows, struct span line, const struct scan_member *members, size_t t)
{
	const struct table *table = &tables[t];
	struct value *row = next_row(rows, t);
	char detail[REJECT_REASON_SIZE], reason[REJECT_REASON_SIZE];

	if (!row)
		return fail(EX_OSERR, "out of memory");
	for (size_t c = 0; c < table->count; c++) {
		struct span json = members[rows->member_of[t][c]].value;
		const char *why = value_read(&table->columns[c], json, &rows->texts, &row[c]);
		if (why) {
			snprintf(detail, sizeof(detail), "%s.%s: %s", table->name,
				table->columns[c].name, why);
			return reject(rows, line, members,
				reject_reason(reason, REJECT_BAD_VALUE, detail));
		}
	}
	if (table->columns[0].kind == COLUMN_DIGEST &&
		!digest_row(table, row, &rows->texts, &row[0]))
		return fail(EX_OSERR, "out of memory");
	add_row(rows, t, row);
	rows->read++;
	return 0;
}

int rows_add_line(struct rows *rows, const struct batch_line *line)
{
	struct scan_member members[SCAN_KEYS_MAX];
	struct scan_error error;
	char detail[REJECT_REASON_SIZE], reason[REJECT_REASON_SIZE];

	if (rows->read + rows->rejected + rows->ignored == 0)
		rows->limit = clock_wall_us() + FUTURE_MAX_MINUTES * CLOCK_MINUTE_US;
	if (!scan_object(line->text, &rows->keys, members, &error)) {
		snprintf(detail, sizeof(detail), "%s at byte %zu", error.reason, error.at);
		reject_reason(reason, REJECT_NOT_JSON, detail);
		return reject(rows, line->text, NULL, line->fault ? line->fault : reason);
	}
	if (line->fault)
		return reject(rows, line->text, members, line->fault);
	struct span type = members[0].value;
	if (scan_kind(type) != SCAN_TEXT)
		return reject(
			rows, line->text, members, reject_reason(reason, REJECT_NO_TYPE, NULL));
	size_t t = table_for(type);
	if (t == TABLE_COUNT) {
		rows->ignored++;
		/* wd-normalize removes the bodies. */
		rows->not_normalized += scan_text_is(type, "reply") &&
					scan_kind(members[rows->body].value) != SCAN_NULL;
		return 0;
	}
	return add_record(rows, line->text, members, t);
}

int rows_set_lines(struct rows *rows, const struct batch_line *lines, size_t count)
{
	int status = 0;

	rows_clear(rows);
	for (size_t i = 0; i < count && !status; i++)
		status = rows_add_line(rows, &lines[i]);
	return status;
}

void rows_count(const struct rows *rows, size_t stored, struct counts *counts)
{
	counts->stored += stored;
	counts->unchanged += rows->read - stored;
	counts->rejected += rows->rejected;
	counts->ignored += rows->ignored;
	counts->not_normalized += rows->not_normalized;
}
