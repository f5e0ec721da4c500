/* Which of several jobs stores a line: all lines of a kit go to one. */
#include "tools/wd-store/route.h"

#include "common/array.h"
#include "common/record.h"
#include "common/scan/scan.h"

/* The kit's name as it stands in a record of ours: compact, its quotes not escaped, which they are
 * wherever else this could be said. */
static bool quick_kit(struct span line, struct span *kit)
{
	static const char member[] = "\"kit_id\":\"";
	const char *at = line.data, *end = line.data + line.length;
	size_t length = sizeof(member) - 1;

	for (; (at = memchr(at, ':', (size_t)(end - at))) != NULL; at++) {
		if ((size_t)(at - line.data) < length - 2 || end - at < 2 ||
			memcmp(at - (length - 2), member, length) != 0)
			continue;
		const char *quote = memchr(at + 2, '"', (size_t)(end - at) - 2);
		*kit = (struct span){at + 2, quote ? (size_t)(quote - at) - 2 : 0};
		return quote && quote > at + 2 && !memchr(at + 2, '\\', kit->length);
	}
	return false;
}

/* As somebody else may write it. */
static size_t decoded_kit(struct span line, char *out, size_t size)
{
	static const char *const names[] = {"kit_id"};
	struct scan_keys keys;
	struct scan_member kit;
	struct scan_error error;

	scan_keys_init(&keys, names, ARRAY_SIZE(names));
	if (!scan_object(line, &keys, &kit, &error))
		return 0;
	return scan_text(kit.value, out, size);
}

size_t route(struct span line, size_t jobs)
{
	char decoded[RECORD_ID_MAX + 1];
	struct span kit;
	uint64_t hash = UINT64_C(0xcbf29ce484222325);

	if (!quick_kit(line, &kit))
		kit = (struct span){decoded, decoded_kit(line, decoded, sizeof(decoded))};
	if (kit.length == 0)
		return 0;
	/* FNV-1a; its low bits are the good ones once the high ones are folded in. */
	for (size_t i = 0; i < kit.length && i < RECORD_ID_MAX; i++)
		hash = (hash ^ (unsigned char)kit.data[i]) * UINT64_C(0x100000001b3);
	return (size_t)((hash ^ hash >> 32) % jobs);
}
