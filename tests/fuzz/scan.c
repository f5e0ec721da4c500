/* Fuzzes the scanner, and everything that reads what it has checked. */
#include "common/scan/scan.h"
#include "common/base/array.h"
#include "common/base/utf8.h"
#include "tests/fuzz/hold.h"

#include <math.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const char *const names[] = {"type", "kit_id", "time", "body", "drones", "id", "lat", "rid"};

static void read_scalar(struct span value)
{
	char text[64];
	uint32_t code;
	double number;

	size_t length = scan_text(value, text, sizeof(text));
	hold(length < sizeof(text) && text[length] == '\0', "a text ends");
	for (size_t at = 0, taken; at < length; at += taken) {
		taken = utf8_decode(text + at, length - at, &code);
		hold(taken > 0 && code > 0, "a text is UTF-8 without NUL");
	}
	if (scan_number(value, &number))
		hold(isfinite(number), "a number is finite");
}

static bool same(struct span a, struct span b)
{
	return a.data == b.data && a.length == b.length;
}

static void hold_same(const struct scan_member *members, const struct scan_member *again)
{
	for (size_t i = 0; i < ARRAY_SIZE(names); i++)
		hold(same(members[i].value, again[i].value), "both find the same member");
}

/* Every way into a checked value sees the same. */
static void read_value(struct span value, struct scan_keys *keys)
{
	struct scan_member members[ARRAY_SIZE(names)], again[ARRAY_SIZE(names)];
	struct span rest = scan_items(value), item, item_too;
	struct scan_list list = {.keys = keys, .max = SIZE_MAX};
	struct scan_error error;

	hold(scan_check(value, SCAN_REPAIR, &error), "a part of what is checked is checked");
	read_scalar(value);
	scan_list(value, &list);
	while (scan_next(&rest, &item)) {
		hold(scan_list_next(&list, &item_too, again), "both find an item");
		hold(same(item, item_too), "both find the same item");
		scan_members(item, keys, members);
		hold_same(members, again);
		read_value(item, keys);
	}
	hold(!scan_list_next(&list, &item_too, again), "both find the end");
	scan_list_release(&list);
	scan_members(value, keys, members);
	struct scan_pick pick = {keys, again};
	if (!scan_pick(value, SCAN_REPAIR, &pick, &error))
		hold(scan_kind(value) != SCAN_OBJECT, "an object is picked from");
	hold_same(members, again);
	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		if (members[i].value.data)
			read_value(members[i].value, keys);
	}
}

static struct span trim(struct span text)
{
	while (text.length > 0 && strchr(" \t\r\n", *text.data) && *text.data) {
		text.data++;
		text.length--;
	}
	while (text.length > 0 && text.data[text.length - 1] &&
		strchr(" \t\r\n", text.data[text.length - 1]))
		text.length--;
	return text;
}

static void compact(struct span text, enum scan_mode mode, bool accepted)
{
	char *out = malloc(SCAN_COMPACT_MAX(text.length)), *again = NULL;
	struct scan_error error;
	size_t length, length_again;

	hold(scan_compact(text, mode, out, &length, &error) == accepted, "compacting agrees");
	if (accepted) {
		hold(length <= SCAN_COMPACT_MAX(text.length), "it fits");
		again = malloc(SCAN_COMPACT_MAX(length));
		hold(scan_compact(
			     (struct span){out, length}, SCAN_STRICT, again, &length_again, &error),
			"what is compact is strict JSON");
		hold(length == length_again && memcmp(out, again, length) == 0,
			"and stays as it is");
		hold(!memchr(out, '\n', length), "and is one line");
	}
	free(out);
	free(again);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct scan_error error = {0};
	struct scan_keys keys;

	/* A copy of just its length, so that a read past its end is noticed. */
	char *exact = malloc(size);
	memcpy(exact, data, size);
	struct span text = {exact, size};
	bool strict = scan_check(text, SCAN_STRICT, &error);
	hold(strict || (error.reason && error.at <= size), "an error has its place");
	bool mended = scan_check(text, SCAN_REPAIR, &error);
	hold(mended || !strict, "mending accepts no less");
	compact(text, SCAN_STRICT, strict);
	compact(text, SCAN_REPAIR, mended);
	scan_keys_init(&keys, names, ARRAY_SIZE(names));
	if (mended)
		read_value(trim(text), &keys);
	free(exact);
	return 0;
}
