/* Lines as rows: what a sink puts into the tables. */
#include "tools/wd-store/load.h"

#include "common/log.h"
#include "common/record.h"
#include "common/utf8.h"
#include "tools/wd-store/digest.h"

#include <stdio.h>
#include <stdlib.h>
#include <sysexits.h>

/* What one line can take of `texts` at most: all of it decoded, or, in a reject, each of its bytes
 * replaced by the three of U+FFFD; and the reason. */
#define REASON_MAX              128
#define TEXTS_MAX(bytes, lines) (3 * (bytes) + (lines) * (REASON_MAX + DIGEST_TEXT_LENGTH))

static uint8_t key_index(struct load *load, const char *name)
{
	for (size_t i = 0; i < load->keys.count; i++) {
		if (strcmp(load->names[i], name) == 0)
			return (uint8_t)i;
	}
	load->names[load->keys.count] = name;
	return (uint8_t)load->keys.count++;
}

/* One set of keys for all types: a line is scanned before its type is known. */
static void index_columns(struct load *load)
{
	key_index(load, "type");
	for (size_t t = 0; t < TABLE_COUNT; t++) {
		for (size_t c = 0; c < tables[t].count; c++)
			load->member_of[t][c] =
				key_index(load, column_source(&tables[t].columns[c]));
	}
	scan_keys_init(&load->keys, load->names, load->keys.count);
}

int load_open(struct load *load, size_t most)
{
	*load = (struct load){.slot_count = 1024};
	while (load->slot_count < 2 * most)
		load->slot_count *= 2;
	load->slots = calloc(load->slot_count, sizeof(*load->slots));
	if (!load->slots)
		return fail(EX_OSERR, "out of memory");
	index_columns(load);
	return arena_open(&load->texts, TEXTS_MAX(batch_bytes_max, most));
}

void load_close(struct load *load)
{
	for (size_t t = 0; t < TABLE_COUNT; t++)
		free(load->rows[t].values);
	free(load->slots);
	arena_close(&load->texts);
	*load = (struct load){0};
}

void load_clear(struct load *load)
{
	for (size_t t = 0; t < TABLE_COUNT; t++)
		load->rows[t].count = 0;
	load->read = load->rejected = load->ignored = 0;
	memset(load->slots, 0, load->slot_count * sizeof(*load->slots));
	arena_clear(&load->texts);
}

/* Room for one more row of `table`, or NULL. It counts once `count` says so. */
static struct value *next_row(struct load *load, size_t table)
{
	struct rows *rows = &load->rows[table];
	size_t width = tables[table].count;

	if (rows->count == rows->capacity) {
		size_t capacity = rows->capacity ? 2 * rows->capacity : 64;
		struct value *values =
			realloc(rows->values, capacity * width * sizeof(*rows->values));
		if (!values)
			return NULL;
		rows->values = values;
		rows->capacity = capacity;
	}
	return rows->values + rows->count * width;
}

static uint64_t hash_bytes(uint64_t hash, const void *bytes, size_t length)
{
	const unsigned char *at = bytes;

	/* FNV-1a. */
	for (size_t i = 0; i < length; i++)
		hash = (hash ^ at[i]) * UINT64_C(0x100000001b3);
	return hash;
}

static uint64_t hash_key(size_t t, const struct value *row)
{
	uint64_t hash = UINT64_C(0xcbf29ce484222325) ^ t;

	for (size_t c = 0; c < tables[t].count && tables[t].columns[c].key; c++) {
		double real = row[c].kind == VALUE_REAL ? row[c].real + 0.0 : 0;
		if (row[c].kind == VALUE_TEXT)
			hash = hash_bytes(hash, row[c].text.data, row[c].text.length);
		else if (row[c].kind == VALUE_REAL)
			hash = hash_bytes(hash, &real, sizeof(real));
		else
			hash = hash_bytes(hash, &row[c].integer, sizeof(row[c].integer));
	}
	return hash ^ hash >> 32;
}

static bool same_key(const struct table *table, const struct value *a, const struct value *b)
{
	for (size_t c = 0; c < table->count && table->columns[c].key; c++) {
		if (!value_equal(&a[c], &b[c]))
			return false;
	}
	return true;
}

/* The row of `load` with the key of `row`; or NULL, and `row` has been noted as the next. */
static struct value *find_or_note(struct load *load, size_t t, const struct value *row)
{
	size_t at = hash_key(t, row) % load->slot_count;
	struct rows *rows = &load->rows[t];

	for (; load->slots[at]; at = (at + 1) % load->slot_count) {
		uint32_t slot = load->slots[at] - 1;
		if (slot % TABLE_COUNT != t)
			continue;
		struct value *there = rows->values + slot / TABLE_COUNT * tables[t].count;
		if (same_key(&tables[t], there, row))
			return there;
	}
	load->slots[at] = (uint32_t)(rows->count * TABLE_COUNT + t + 1);
	return NULL;
}

/* Whether the clock of `newer` replaces that of `older`. */
static bool in_order(const struct load *load, const struct table *table, const struct value *older,
	const struct value *newer)
{
	for (size_t c = 0; c < table->count; c++) {
		if (table->clock && strcmp(table->columns[c].name, table->clock) == 0)
			return value_time_replaces(older[c].integer, newer[c].integer, load->limit);
	}
	return true;
}

/* The row that next_row() gave is complete. */
static void take_row(struct load *load, size_t t, const struct value *row)
{
	const struct table *table = &tables[t];
	struct value *there = find_or_note(load, t, row);

	if (!there) {
		load->rows[t].count++;
		return;
	}
	bool current = in_order(load, table, there, row);
	for (size_t c = 0; c < table->count; c++)
		there[c] = value_merge(
			table->columns[c].merge, &there[c], &row[c], current, load->limit);
}

/* The beginning of `raw` as text: what is no UTF-8, and NUL, becomes U+FFFD. */
static struct value readable(struct load *load, struct span raw)
{
	size_t length = raw.length < RECORD_RAW_MAX ? raw.length : RECORD_RAW_MAX;
	char *out = arena_take(&load->texts, 3 * length);
	size_t used = 0, at = 0;
	uint32_t code;

	if (!out)
		return (struct value){.kind = VALUE_NULL};
	while (at < length) {
		size_t taken = utf8_decode(raw.data + at, raw.length - at, &code);
		if (at + taken > length)
			break;
		used += utf8_encode(taken && code ? code : UTF8_REPLACEMENT, out + used);
		at += taken ? taken : 1;
	}
	load->texts.used -= 3 * length - used;
	return (struct value){.kind = VALUE_TEXT, .text = {out, used}};
}

static struct value text_value(struct span text)
{
	return (struct value){.kind = text.data ? VALUE_TEXT : VALUE_NULL, .text = text};
}

static struct value copied_text(struct load *load, const char *text)
{
	size_t length = strlen(text);
	char *copy = arena_take(&load->texts, length);

	if (!copy)
		return text_value(SPAN("refused"));
	memcpy(copy, text, length);
	return text_value((struct span){copy, length});
}

/* What the line says for a column of `rejects`, where that is usable. */
static struct value usable(struct load *load, const struct scan_member *members, int column)
{
	const struct table *table = &tables[TABLE_OWN_REJECTS];
	struct value value = {.kind = VALUE_NULL};

	if (!members)
		return value;
	struct span json = members[load->member_of[TABLE_OWN_REJECTS][column]].value;
	if (value_read(&table->columns[column], json, &load->texts, &value))
		value.kind = VALUE_NULL;
	return value;
}

/* A row of `rejects` for a line that is not stored itself. `members` NULL: it is no record. */
static int reject(
	struct load *load, struct span line, const struct scan_member *members, const char *reason)
{
	struct value *row = next_row(load, TABLE_OWN_REJECTS);

	if (!row)
		return fail(EX_OSERR, "out of memory");
	row[REJECT_TIME] = usable(load, members, REJECT_TIME);
	row[REJECT_KIT] = usable(load, members, REJECT_KIT);
	row[REJECT_STAGE] = text_value(SPAN("wd-store"));
	row[REJECT_REASON] = copied_text(load, reason);
	row[REJECT_RAW] = readable(load, line);
	if (!digest_row(&tables[TABLE_OWN_REJECTS], row, &load->texts, &row[REJECT_DIGEST]))
		row[REJECT_DIGEST] = row[REJECT_REASON];
	take_row(load, TABLE_OWN_REJECTS, row);
	load->rejected++;
	return 0;
}

/* The table of a line, or TABLE_COUNT where its type has none. */
static size_t table_for(struct span type)
{
	size_t t = 0;

	while (t < TABLE_COUNT && !(tables[t].type && scan_text_is(type, tables[t].type)))
		t++;
	return t;
}

static int take_record(
	struct load *load, struct span line, const struct scan_member *members, size_t t)
{
	const struct table *table = &tables[t];
	struct value *row = next_row(load, t);
	char reason[REASON_MAX];

	if (!row)
		return fail(EX_OSERR, "out of memory");
	for (size_t c = 0; c < table->count; c++) {
		struct span json = members[load->member_of[t][c]].value;
		const char *why = value_read(&table->columns[c], json, &load->texts, &row[c]);
		if (why) {
			snprintf(reason, sizeof(reason), "bad_value: %s.%s: %s", table->name,
				table->columns[c].name, why);
			return reject(load, line, members, reason);
		}
	}
	if (table->columns[0].kind == COLUMN_DIGEST &&
		!digest_row(table, row, &load->texts, &row[0]))
		return fail(EX_OSERR, "out of memory");
	take_row(load, t, row);
	load->read++;
	return 0;
}

int load_line(struct load *load, const struct line *line)
{
	struct scan_member members[SCAN_KEYS_MAX];
	struct scan_error error;
	char reason[REASON_MAX];

	if (load->read + load->rejected + load->ignored == 0)
		load->limit = clock_wall_us() + FUTURE_MAX_MINUTES * CLOCK_MINUTE_US;
	if (!scan_object(line->text, &load->keys, members, &error)) {
		snprintf(
			reason, sizeof(reason), "not_json: %s at byte %zu", error.reason, error.at);
		return reject(load, line->text, NULL, line->fault ? line->fault : reason);
	}
	if (line->fault)
		return reject(load, line->text, members, line->fault);
	struct span type = members[0].value;
	if (scan_kind(type) != SCAN_TEXT)
		return reject(load, line->text, members, "no_type");
	size_t t = table_for(type);
	if (t == TABLE_COUNT) {
		load->ignored++;
		return 0;
	}
	return take_record(load, line->text, members, t);
}

int load_lines(struct load *load, const struct line *lines, size_t count)
{
	int status = 0;

	load_clear(load);
	for (size_t i = 0; i < count && !status; i++)
		status = load_line(load, &lines[i]);
	return status;
}

void load_count(const struct load *load, size_t stored, struct counts *counts)
{
	counts->stored += stored;
	counts->unchanged += load->read - stored;
	counts->rejected += load->rejected;
	counts->ignored += load->ignored;
}
