#include "tools/wd-store/rows/recent.h"

#include "common/log/log.h"
#include "tools/wd-store/rows/keys.h"
#include "tools/wd-store/rows/siphash.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/random.h>
#include <sysexits.h>

/* A row may be in one of this many places: with one, a newer row would soon replace it. */
enum {
	SET_ROWS = 8,
};

int recent_open(struct recent *recent, size_t max)
{
	*recent = (struct recent){
		.rows = calloc(RECENT_ROWS_MAX, sizeof(*recent->rows)),
		.sent = calloc(max, sizeof(*recent->sent)),
	};
	if (!recent->rows || !recent->sent)
		return fail(EX_OSERR, "out of memory");
	if (getrandom(recent->secret, sizeof(recent->secret), 0) != sizeof(recent->secret))
		return fail(EX_OSERR, "no random numbers", LOG_ERRNO(errno));
	return 0;
}

void recent_close(struct recent *recent)
{
	free(recent->rows);
	free(recent->sent);
	*recent = (struct recent){0};
}

/* Whether the same row again changes nothing, and is likely to come: rows of an observation. */
static bool has_repeats(const struct table *table)
{
	if (table->columns[0].kind != COLUMN_TIME || !table->columns[0].key)
		return false;
	for (size_t c = 0; c < table->count; c++) {
		if (table->columns[c].merge != MERGE_NEWEST)
			return false;
	}
	return true;
}

/* Add the values of columns `from` .. `to` - 1, then their kinds, so that no two rows give the same
 * words. */
static void add_values(struct siphash *hash, const struct value *row, size_t from, size_t to)
{
	uint64_t kinds = 0, bits;

	for (size_t c = from; c < to; c++) {
		kinds = kinds << 2 | row[c].kind;
		if (row[c].kind == VALUE_TEXT) {
			siphash_bytes(hash, row[c].text.data, row[c].text.length);
		} else if (row[c].kind != VALUE_NULL) {
			memcpy(&bits,
				row[c].kind == VALUE_REAL ? (const void *)&row[c].real
							  : (const void *)&row[c].integer,
				sizeof(bits));
			siphash_word(hash, bits);
		}
		if ((c - from) % 32 == 31 || c + 1 == to) {
			siphash_word(hash, kinds);
			kinds = 0;
		}
	}
}

static struct recent_row hash_row(const struct recent *recent, size_t t, const struct value *row)
{
	struct siphash hash = siphash_start(recent->secret);
	struct recent_row hashed = {0};
	size_t keys = key_count(&tables[t]);

	siphash_word(&hash, t);
	add_values(&hash, row, 0, keys);
	hashed.key = siphash_value(hash);
	add_values(&hash, row, keys, tables[t].count);
	hashed.values = siphash_value(hash);
	return hashed;
}

/* Return the row with this key, else the oldest of those among which it belongs. */
static struct recent_row *place_of(const struct recent *recent, uint64_t key)
{
	struct recent_row *set = &recent->rows[key % (RECENT_ROWS_MAX / SET_ROWS) * SET_ROWS];
	struct recent_row *oldest = set;

	for (size_t i = 0; i < SET_ROWS; i++) {
		if (set[i].key == key)
			return &set[i];
		if (set[i].until_us < oldest->until_us)
			oldest = &set[i];
	}
	return oldest;
}

static bool is_known(const struct recent *recent, const struct recent_row *row, int64_t now_us)
{
	const struct recent_row *known = place_of(recent, row->key);

	return known->key == row->key && known->values == row->values && now_us < known->until_us;
}

static void send_table(struct recent *recent, struct rows *rows, size_t t, int64_t now_us)
{
	struct table_rows *of = &rows->of[t];
	const size_t width = tables[t].count;
	size_t kept = 0;

	for (size_t i = 0; i < of->count; i++) {
		struct value *row = of->values + i * width;
		struct recent_row hashed = hash_row(recent, t, row);
		if (is_known(recent, &hashed, now_us))
			continue;
		if (kept < i)
			memcpy(of->values + kept * width, row, width * sizeof(*row));
		recent->sent[recent->sent_count++] = hashed;
		kept++;
	}
	of->count = kept;
}

void recent_send(struct recent *recent, struct rows *rows, int64_t now_us)
{
	recent->sent_count = 0;
	for (size_t t = 0; t < TABLE_COUNT; t++) {
		if (has_repeats(&tables[t]))
			send_table(recent, rows, t, now_us);
	}
}

void recent_commit(struct recent *recent, int64_t now_us)
{
	for (size_t i = 0; i < recent->sent_count; i++) {
		struct recent_row *row = &recent->sent[i];
		row->until_us = now_us + RECENT_TRUST_US;
		*place_of(recent, row->key) = *row;
	}
	recent->sent_count = 0;
}

void recent_clear(struct recent *recent)
{
	memset(recent->rows, 0, RECENT_ROWS_MAX * sizeof(*recent->rows));
	recent->sent_count = 0;
}
