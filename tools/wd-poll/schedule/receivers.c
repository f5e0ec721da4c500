/* Which receivers of a kit are on, by its /config. */
#include "tools/wd-poll/schedule/receivers.h"

#include "common/base/array.h"
#include "common/scan/scan.h"

#include <stdio.h>

/* DragonSync's sections of its configuration, each with a boolean `enabled`. The receivers of
 * Remote ID have none: they are always on. */
static const char *const names[] = {"adsb", "fpv"};

static enum scan_kind enabled_of(struct span section)
{
	static const char *const key[] = {"enabled"};
	struct scan_member member;
	struct scan_error error;
	struct scan_keys index;

	scan_keys_init(&index, key, ARRAY_SIZE(key));
	if (scan_kind(section) != SCAN_OBJECT || !scan_object(section, &index, &member, &error))
		return SCAN_NULL;
	return scan_kind(member.value);
}

bool receivers_format(struct span body, char out[RECEIVERS_SIZE])
{
	struct scan_member members[ARRAY_SIZE(names)];
	struct scan_error error;
	struct scan_keys index;
	bool is_known = false;
	int length = 0;

	scan_keys_init(&index, names, ARRAY_SIZE(names));
	if (!scan_object(body, &index, members, &error))
		return false;
	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		enum scan_kind enabled = enabled_of(members[i].value);
		is_known |= enabled == SCAN_TRUE || enabled == SCAN_FALSE;
		if (enabled == SCAN_TRUE)
			length += snprintf(out + length, RECEIVERS_SIZE - (size_t)length,
				"%s\"%s\"", length ? "," : "[", names[i]);
	}
	snprintf(out + length, RECEIVERS_SIZE - (size_t)length, "%s", length ? "]" : "[]");
	return is_known;
}
