/* What a reject is called: SHA-256 of kit, stage and raw, each with its length before it. The
 * digests wanted here were made with Python's hashlib. */
#include "tools/wd-store/rows/digest.h"
#include "tests/unit/tap.h"

static struct arena arena;

static struct value text(const char *content)
{
	struct value value = {.kind = content ? VALUE_TEXT : VALUE_NULL};

	value.text = span_of(content);
	return value;
}

static void named(
	const char *kit, const char *stage, const char *raw, const char *wanted, const char *name)
{
	struct value row[COLUMNS_MAX] = {0}, digest;
	char got[DIGEST_TEXT_LENGTH + 1] = "";

	row[REJECT_KIT] = text(kit);
	row[REJECT_STAGE] = text(stage);
	row[REJECT_RAW] = text(raw);
	row[REJECT_REASON] = text(name);
	if (digest_row(&tables[TABLE_REJECT], row, &arena, &digest))
		memcpy(got, digest.text.data, digest.text.length);
	is_text(got, wanted, name);
}

int main(void)
{
	struct value none;

	ok(arena_open(&arena, (size_t)3 * DIGEST_TEXT_LENGTH) == 0, "room for three");
	named("alpha", "wd-normalize", "{}", "d5f1e2814a5a52977565306a07edb6b1", "a reject");
	named(NULL, "wd-store", "", "d7b69164f8a806e366b446d16a410d2c", "of no kit");
	named("", "wd-store", "", "1153cffe9605c02efd0756cc7fd7294c", "of a kit without a name");
	ok(!digest_row(&tables[TABLE_REJECT], (struct value[COLUMNS_MAX]){0}, &arena, &none),
		"no room, no digest");
	arena_close(&arena);
	return tap_done();
}
