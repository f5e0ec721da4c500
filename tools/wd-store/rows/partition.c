#include "tools/wd-store/rows/partition.h"

#include "common/base/array.h"
#include "common/base/hash.h"
#include "common/record/record.h"
#include "common/scan/scan.h"

/* Find the kit in a compact record without parsing it: inside a string, the quotes of
 * "kit_id":" would be escaped. */
static bool find_kit(struct span line, struct span *kit)
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

/* The general case: any white space, escapes in the kit. */
static size_t decode_kit(struct span line, char *out, size_t size)
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

size_t partition_of(struct span line, size_t jobs)
{
	char decoded[RECORD_ID_MAX + 1];
	struct span kit;

	if (!find_kit(line, &kit))
		kit = (struct span){decoded, decode_kit(line, decoded, sizeof(decoded))};
	if (kit.length == 0)
		return 0;
	size_t length = kit.length < RECORD_ID_MAX ? kit.length : RECORD_ID_MAX;
	return (size_t)(hash_fold(hash_bytes(HASH_START, kit.data, length)) % jobs);
}
