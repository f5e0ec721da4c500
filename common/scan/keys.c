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

void scan_keys_init(struct scan_keys *keys, const char *const *names, size_t count)
{
	*keys = (struct scan_keys){.names = names, .count = count};
	for (size_t i = 0; i < count && i < SCAN_KEYS_MAX; i++) {
		size_t length = strlen(names[i]);
		uint8_t slot = slot_of(names[i], length);
		while (keys->slots[slot])
			slot++;
		keys->slots[slot] = (uint8_t)(i + 1);
		keys->lengths[i] = (uint8_t)length;
	}
}

static int find(const struct scan_keys *keys, const char *key, size_t length)
{
	for (uint8_t slot = slot_of(key, length); keys->slots[slot]; slot++) {
		int index = keys->slots[slot] - 1;
		if (keys->lengths[index] == length && memcmp(keys->names[index], key, length) == 0)
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
