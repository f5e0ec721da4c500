/* What a kit says its name is. */
#include "tools/wd-poll/schedule/kit_identity.h"

#include "common/array.h"
#include "common/scan/scan.h"

static const char *const keys[] = {"kit_id", "uid"};

bool kit_identity_parse(struct span body, char id[KIT_IDENTITY_SIZE])
{
	struct scan_member members[ARRAY_SIZE(keys)];
	struct scan_error error;
	struct scan_keys index;

	scan_keys_init(&index, keys, ARRAY_SIZE(keys));
	if (!scan_object(body, &index, members, &error))
		return false;
	for (size_t i = 0; i < ARRAY_SIZE(keys); i++) {
		if (scan_text(members[i].value, id, KIT_IDENTITY_SIZE) > 0 &&
			strcmp(id, "wardragon-unknown") != 0)
			return true;
	}
	return false;
}
