/* The keys that a reader knows. */
#include "common/scan/keys.h"

#include "common/scan/value.h"

/* The length and three bytes distinguish nearly all keys of a reader; the comparison decides. */
static uint8_t slot_of(const char *key, size_t length)
{
	const unsigned char *byte = (const unsigned char *)key;

	if (length == 0)
		return 0;
	unsigned hash = (unsigned)length * 5 + byte[0] * 31u + byte[length / 2] * 7u +
			byte[length - 1] * 67u;
	return (uint8_t)(hash ^ hash >> 8);
}

/* A key that is too long gets a text that no key begins with. */
static struct scan_quoted_key quote(const char *name, size_t length)
{
	struct scan_quoted_key key;
	char text[SCAN_KEY_BYTES] = {0}, mask[SCAN_KEY_BYTES] = {0};
	bool fits = length + 2 <= sizeof(text);

	text[0] = fits ? '"' : '\0';
	if (fits) {
		memcpy(text + 1, name, length);
		text[length + 1] = '"';
	}
	memset(mask, 0xff, fits ? length + 2 : 1);
	memcpy(key.text, text, sizeof(text));
	memcpy(key.mask, mask, sizeof(mask));
	return key;
}

void scan_keys_init(struct scan_keys *keys, const char *const *names, size_t count)
{
	/* Without keys, none is expected. */
	*keys = (struct scan_keys){
		.names = names, .count = count, .quoted = {{.mask = {UINT64_MAX}}}};
	for (size_t i = 0; i < count && i < SCAN_KEYS_MAX; i++) {
		size_t length = strlen(names[i]);
		uint8_t slot = slot_of(names[i], length);
		while (keys->slots[slot])
			slot++;
		keys->slots[slot] = (uint8_t)(i + 1);
		keys->lengths[i] = (uint8_t)length;
		keys->quoted[i] = quote(names[i], length);
	}
}

/* Return whether two texts of one length are the same. Most keys are short: comparing both ends, which
 * may overlap, needs no call of memcmp(). */
static inline bool same(const char *a, const char *b, size_t length)
{
	uint64_t first[2], last[2];

	if (length < sizeof(first[0]) || length > 2 * sizeof(first[0]))
		return memcmp(a, b, length) == 0;
	memcpy(&first[0], a, sizeof(first[0]));
	memcpy(&first[1], b, sizeof(first[0]));
	memcpy(&last[0], a + length - sizeof(last[0]), sizeof(last[0]));
	memcpy(&last[1], b + length - sizeof(last[0]), sizeof(last[0]));
	return first[0] == first[1] && last[0] == last[1];
}

static int find(const struct scan_keys *keys, const char *key, size_t length)
{
	for (uint8_t slot = slot_of(key, length); keys->slots[slot]; slot++) {
		int index = keys->slots[slot] - 1;
		if (keys->lengths[index] == length && same(keys->names[index], key, length))
			return index;
	}
	return -1;
}

int scan_keys_find(const struct scan_keys *keys, struct span quoted)
{
	char decoded[SCAN_KEYS_MAX];
	struct span key = {quoted.data + 1, quoted.length - 2};

	int index = find(keys, key.data, key.length);
	if (index >= 0 || !memchr(key.data, '\\', key.length))
		return index;
	return find(keys, decoded, scan_text(quoted, decoded, sizeof(decoded)));
}
